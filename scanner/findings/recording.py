"""What a scan changes of what is remembered, put together for the store. Pure, but for the ids of the events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from scanner.findings.events import event_document, transition_message
from scanner.findings.lifecycle import Sight, event
from scanner.model.document import Json
from scanner.model.finding import OPENINGS, Finding, Origin, Transition

Findings = Mapping[str, Finding]
"""Findings by fingerprint."""


@dataclass(frozen=True)
class Record:
    """What one scan changes: findings as they are now, fingerprints of forgotten ones, what is told, and its events.

    `failing` are findings of which nothing changed but that they were seen to fail once more, with the time of it.
    `snapshot` is what the scan read, where something opened; it is kept under the hash that the transitions name.
    """

    findings: Sequence[Finding] = ()
    failing: Sequence[Finding] = ()
    forgotten: Sequence[str] = ()
    transitions: Sequence[Transition] = ()
    events: Sequence[Json] = ()
    snapshot: Json | None = None


def origin_of(scan: Json) -> Origin:
    """Return the scan that a results document tells of in `scan`."""
    engine = scan["engine"]
    return Origin(scan["id"], **scan["hashes"], engine=engine["name"], engine_version=engine["version"])


def transitions_of(
    known: Findings, after: Findings, shown: Mapping[str, Sight], origin: Origin, at: datetime
) -> tuple[Transition, ...]:
    """Return what is to be told of the step from `known` to `after`.

    Args:
        known: findings as they were.
        after: as they are now.
        shown: what the scan shows of each.
        origin: the scan.
        at: when it was.
    """
    told = ((name, event(known.get(name), finding)) for name, finding in after.items())
    return tuple(
        Transition(name, what, at, transition_message(what, after[name], gone=shown[name] == "gone"), origin)
        for name, what in told
        if what is not None
    )


def record_of(known: Findings, after: Findings, transitions: Sequence[Transition], snapshot: Json) -> Record:
    """Return what is to be written of the step from `known` to `after`; `snapshot` is what the scan read."""
    changed = {name: finding for name, finding in after.items() if finding != known.get(name)}
    failing = {name: finding for name, finding in changed.items() if _only_fails_on(known.get(name), finding)}
    return Record(
        findings=tuple(finding for name, finding in changed.items() if name not in failing),
        failing=tuple(failing.values()),
        forgotten=tuple(name for name in known if name not in after),
        transitions=transitions,
        events=tuple(event_document(str(uuid4()), after[told.fingerprint], told) for told in transitions),
        snapshot=snapshot if any(told.event in OPENINGS for told in transitions) else None,
    )


def _only_fails_on(before: Finding | None, after: Finding) -> bool:
    return before is not None and replace(before, last_failed_at=after.last_failed_at) == after
