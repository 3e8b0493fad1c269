"""A finding: a failure over time; and a transition: what was told of it, with the scan that showed it."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal

from scanner.model.document import Json
from scanner.model.result import Cause, Subject
from scanner.model.rule import Severity

State = Literal["pending", "open", "resolved", "reopened", "withdrawn"]
"""`docs/findings.md` has the table of how one becomes another."""

Event = Literal["opened", "reopened", "resolved", "muted", "unmuted"]
"""What is told of a finding. Muted: it stays open and is now waived, or the consequence of another failure."""

OPEN: tuple[State, ...] = ("open", "reopened")
ENDED: tuple[State, ...] = ("resolved", "withdrawn")
OPENINGS: tuple[Event, ...] = ("opened", "reopened")
MARKINGS: tuple[Event, ...] = ("muted", "unmuted")


@dataclass(frozen=True)
class Finding:
    """A failure of a rule on a subject, over time.

    `severity`, `subject`, `message`, `caused_by` and `waived_by` are those of the scan that saw it fail last, at
    `last_failed_at`; `failing_since` is None while it does not fail; `opened_at` is the last opening, None before the
    first; `resolved_at` is None until it is resolved or withdrawn, and again once it is reopened.

    `unmarked_since` is since when it fails without what `caused_by` and `waived_by` still say; None where they hold.
    """

    fingerprint: str
    state: State
    rule: str
    name: str
    severity: Severity
    subject: Subject
    message: str
    caused_by: tuple[Cause, ...]
    waived_by: str | None
    failing_since: datetime | None
    last_failed_at: datetime
    opened_at: datetime | None = None
    resolved_at: datetime | None = None
    unmarked_since: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it stands."""
        return self.state in OPEN

    @property
    def is_muted(self) -> bool:
        """Whether it alerts nobody: a waiver covers it, or another failure explains it."""
        return bool(self.caused_by or self.waived_by)

    def document(self) -> Json:
        """Return the finding as events and `consul-scan history` have it; times are ISO 8601 in UTC."""
        times = ("failing_since", "last_failed_at", "opened_at", "resolved_at")
        told = {name: time_text(getattr(self, name)) for name in times}
        document = asdict(self) | told | {"caused_by": [asdict(cause) for cause in self.caused_by]}
        # Until it is told that the marks are gone they hold for all outside.
        del document["unmarked_since"]
        return document


@dataclass(frozen=True)
class Origin:
    """The scan that showed something: its id, its three hashes (hex SHA-256), and the engine that judged."""

    scan_id: str
    snapshot: str
    policies: str
    results: str
    engine: str
    engine_version: str


@dataclass(frozen=True)
class Transition:
    """What was told of a finding: when, why in words, and by which scan."""

    fingerprint: str
    event: Event
    at: datetime
    message: str
    origin: Origin

    def document(self) -> Json:
        """Return the transition as `consul-scan history` has it; its time is ISO 8601 in UTC."""
        return {"event": self.event, "at": time_text(self.at), "message": self.message, "scan": asdict(self.origin)}


def time_text(time: datetime | None) -> str | None:
    """Return a time as documents have it: ISO 8601 in UTC, to the millisecond; None where there is none."""
    return None if time is None else time.astimezone(UTC).isoformat(timespec="milliseconds")
