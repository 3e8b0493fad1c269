"""One section of a snapshot: what was read, and how."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from scanner.collect.access import Access
from scanner.collect.client import Mark
from scanner.collect.fault import CallError, Kind
from scanner.model.document import Json
from scanner.model.snapshot import SectionStatus

T = TypeVar("T")

CATALOG = ("node:read", "service:read")
"""Grants without which catalog and health answers are cut."""

_STATUSES: dict[Kind, SectionStatus] = {"denied": "denied", "disabled": "disabled", "unsupported": "unsupported"}


@dataclass(frozen=True)
class Reading(Generic[T]):
    """The value of a section (None where it was not read) and how it was read, as `schemas/snapshot.json` has it."""

    value: T | None
    status: SectionStatus = "ok"
    detail: str = ""
    missing: tuple[str, ...] = ()
    mark: Mark = field(default_factory=Mark)

    def document(self) -> Json:
        """Return the section's entry in `collection`."""
        return {
            "status": self.status,
            "detail": self.detail,
            "missing": list(self.missing),
            "index": self.mark.index,
            "at_ns": self.mark.at_ns,
        }

    def without_value(self) -> "Reading[Any]":
        """Return how this section was read, for another one that was to be made of it."""
        return replace(self, value=None)


def read_section(needs: tuple[str, ...], access: Access, read: Callable[[], tuple[T, Mark]]) -> Reading[T]:
    """Read a section whose grants are `needs`, unless the token is known to lack one.

    Consul is not asked for what it would refuse: some refusals take it 12 s (facts 13.1), and others are not told,
    the answer is just empty (facts 13.2).
    """
    missing = tuple(need for need in needs if need in access.missing)
    if missing:
        return Reading(None, "denied", _denial(missing, anonymous=access.anonymous), missing)
    try:
        value, mark = read()
    except CallError as error:
        return failed(error, needs)
    if mark.filtered:
        detail = f"Consul left out what the token may not read: it needs {' and '.join(needs)} on all names"
        return Reading(value, "filtered", detail, needs, mark)
    return Reading(value, mark=mark)


def failed(error: CallError, needs: tuple[str, ...] = ()) -> Reading[Any]:
    """Return the reading of a section whose call failed."""
    status = _STATUSES.get(error.kind, "error")
    missing = ((error.grant,) if error.grant else needs) if status == "denied" else ()
    return Reading(None, status, str(error), missing, Mark(at_ns=error.at_ns))


def _denial(missing: tuple[str, ...], *, anonymous: bool) -> str:
    grants = " and ".join(missing)
    return f"no token was given, and without one {grants} is refused" if anonymous else f"the token lacks {grants}"
