"""Scans that fail: when that is told, and when that they work again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from sqlalchemy import RowMapping

from scanner.findings.events import SCHEMA_VERSION
from scanner.model.document import Json
from scanner.model.finding import time_text

ALL = ""
"""Instead of a cluster: the scan as a whole gave no results."""

SETTLE = timedelta(seconds=30)
"""How long it has to fail before it is told: a cluster that misses one scan is no news."""


@dataclass(frozen=True)
class Failing:
    """A cluster that cannot be read, or `ALL`: since when, why, and when that was seen last."""

    cluster: str
    since: datetime
    message: str
    seen: datetime

    def document(self) -> Json:
        """Return what an event tells of it."""
        return {"cluster": self.cluster or None, "since": time_text(self.since), "message": self.message}


Fate = Mapping[str, str | None]
"""What a scan shows: by cluster, and of `ALL`, why it could not be read, None where it could."""


def after(before: Mapping[str, Failing], fate: Fate, at: datetime) -> dict[str, Failing]:
    """Return what fails after a scan.

    One that gave results speaks of all its clusters; of others, and where it gave none, all stays as it was.
    """
    failing = {cluster: _failing(before.get(cluster), cluster, why, at) for cluster, why in fate.items() if why}
    if ALL in fate and fate[ALL] is None:
        return failing
    return {cluster: known for cluster, known in before.items() if cluster not in fate} | failing


def told(before: Mapping[str, Failing], now: Mapping[str, Failing], fate: Fate, at: datetime) -> list[Json]:
    """Return the events of what fails now and of what does not any more (schema `event`)."""
    begun = [known for known in now.values() if is_told(known) and not is_told(before.get(known.cluster))]
    over = [known for known in before.values() if is_told(known) and known.cluster not in now]
    ends = [replace(known, message=_end(known.cluster, fate)) for known in over]
    return [_event("failing", each, at) for each in begun] + [_event("recovered", each, at) for each in ends]


def is_told(failing: Failing | None) -> bool:
    """Whether it failed long enough to be told."""
    return failing is not None and failing.seen - failing.since >= SETTLE


def failing_of(row: RowMapping) -> Failing:
    """Return what a row of the store says: it was told."""
    return Failing(row["cluster"], row["since"], row["message"], row["since"] + SETTLE)


def _failing(known: Failing | None, cluster: str, why: str, at: datetime) -> Failing:
    # A clock that was set back must not make it wait for the time that it lost, nor end what was told.
    if known is None or (at < known.since and not is_told(known)):
        return Failing(cluster, at, why, at)
    return replace(known, message=why, seen=max(known.seen, at))


def _end(cluster: str, fate: Fate) -> str:
    return "it can be read again" if cluster in fate else "it is not scanned any more"


def _event(what: Literal["failing", "recovered"], failing: Failing, at: datetime) -> Json:
    return {
        "schema_version": SCHEMA_VERSION,
        "id": str(uuid4()),
        "type": f"scan.{what}",
        "at": time_text(at),
        **failing.document(),
    }
