"""How a finding goes from scan to scan: the table of `docs/findings.md`, as pure functions."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, Self

from scanner.model.document import Json
from scanner.model.finding import ENDED, Event, Finding, State
from scanner.model.result import Cause, Subject
from scanner.model.rule import Severity


@dataclass(frozen=True)
class Failure:
    """What a scan says of a subject that fails."""

    rule: str
    name: str
    severity: Severity
    subject: Subject
    message: str
    caused_by: tuple[Cause, ...]
    waived_by: str | None

    @classmethod
    def from_result(cls, result: Json) -> Self:
        """Read a failing result of the results document."""
        return cls(
            result["rule"],
            result["name"],
            result["severity"],
            Subject.from_document(result["subject"]),
            result["message"],
            tuple(Cause(**cause) for cause in result["caused_by"]),
            result["waived_by"],
        )


Sight = Failure | Literal["passes", "gone", "left", "unclear"]
"""What a scan shows of a finding. Left: nobody looks at it any more. Unclear: it was not judged, or could not be."""


def stepped(fingerprint: str, finding: Finding | None, sight: Sight, settle: timedelta, at: datetime) -> Finding | None:
    """Return a finding after a scan; None where there is none to remember.

    Args:
        fingerprint: its name.
        finding: as it was; None where nothing was known of it.
        sight: what the scan shows of it.
        settle: how long the rule has to fail before it is told.
        at: when the scan was.
    """
    if isinstance(sight, Failure):
        return _failing(fingerprint, finding, sight, settle, at)
    if finding is None or sight == "unclear":
        return finding
    return _cleared(finding, at, left=sight == "left")


def event(before: Finding | None, after: Finding | None) -> Event | None:
    """Return what is to be told of a step; None where nothing is."""
    was_open = before is not None and before.is_open
    if after is None:
        return None
    if was_open != after.is_open:
        return "resolved" if was_open else _opening(after)
    if before is not None and was_open and before.is_muted != after.is_muted:
        return "muted" if after.is_muted else "unmuted"
    return None


def _opening(finding: Finding) -> Event:
    return "reopened" if finding.state == "reopened" else "opened"


def _failing(fingerprint: str, finding: Finding | None, failure: Failure, settle: timedelta, at: datetime) -> Finding:
    since = _since(finding.failing_since if finding else None, at)
    plain = Finding(
        fingerprint=fingerprint,
        state=finding.state if finding else "pending",
        **vars(failure),
        failing_since=since,
        last_failed_at=at,
        opened_at=finding.opened_at if finding else None,
        resolved_at=finding.resolved_at if finding else None,
    )
    seen = _marked(finding, plain, settle, at)
    if seen.is_open or at - since < settle:
        return seen
    state: State = "reopened" if seen.state in ENDED else "open"
    return replace(seen, state=state, opened_at=at, resolved_at=None)


def _marked(before: Finding | None, seen: Finding, settle: timedelta, at: datetime) -> Finding:
    """Return a failure with the marks that it had, where it is without them for less than `settle`.

    What follows from a cause that was mended needs its time to follow that too, and nobody is to be woken for it.
    """
    if before is None or before.failing_since is None or not before.is_muted or seen.is_muted:
        return seen
    since = _since(before.unmarked_since, at)
    if at - since >= settle:
        return seen
    return replace(seen, caused_by=before.caused_by, waived_by=before.waived_by, unmarked_since=since)


def _since(since: datetime | None, at: datetime) -> datetime:
    # A clock that was set back must not make a finding wait for the time that it lost.
    return since if since is not None and since <= at else at


def _cleared(finding: Finding, at: datetime, *, left: bool) -> Finding | None:
    if finding.state == "pending":
        return None
    passing = replace(finding, failing_since=None, unmarked_since=None)
    if finding.is_open:
        return replace(passing, state="withdrawn" if left else "resolved", resolved_at=at)
    # What was withdrawn, and is seen to pass, is resolved after all.
    return passing if left else replace(passing, state="resolved")
