"""What is remembered from scan to scan: it takes results in, and gives what is to be told of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from scanner.findings.events import event_document, transition_message
from scanner.findings.lifecycle import Failure, Sight, event, stepped
from scanner.findings.sights import sights
from scanner.findings.store import Record
from scanner.model.document import Json
from scanner.model.finding import OPENINGS, Finding, Origin, Transition
from scanner.model.rule import Rule

Findings = Mapping[str, Finding]
"""Findings by fingerprint."""

Reread = Callable[[], Json]
"""Reads everything anew, and returns the results document of it."""


class Store(Protocol):
    """Where findings are kept. Every method raises StoreError, and then has changed nothing."""

    def findings(self) -> dict[str, Finding]:
        """Return all findings by fingerprint."""
        ...

    def record(self, record: Record) -> None:
        """Write all that a scan changes, or nothing."""
        ...

    def prune(self, before: datetime) -> bool:
        """Drop some of what is older; tell whether anything was dropped."""
        ...


class Register:
    """The findings of one daemon. All calls come from one thread at a time."""

    def __init__(self, store: Store, rules: Sequence[Rule], retention: timedelta) -> None:
        """Take where findings are kept, the rules that scans judge by, and for how long what ended is kept."""
        self._store = store
        self._rules = {rule.id: rule for rule in rules}
        self._retention = retention
        self._known: dict[str, Finding] | None = None

    def observe(self, results: Json, snapshot: Json, at: datetime, reread: Reread) -> tuple[Transition, ...]:
        """Remember what a scan showed, and return what is to be told of it, which is in the outbox then.

        Args:
            results: of the scan (schema `results`).
            snapshot: that they were made of; kept where a finding opens.
            at: when the scan was.
            reread: called at most once, before findings open that compare two clusters; they open if they fail again.

        Raises:
            StoreError: the store cannot be read or written. Nothing was changed: the next scan shows the same again.
        """
        known = self._store.findings() if self._known is None else self._known
        # Until all is written the store alone knows what holds.
        self._known = None
        shown = sights(results, self._rules, known)
        shown |= self._seen_again(known, shown, at, reread)
        after = self._after(known, shown, at)
        transitions = _transitions(known, after, shown, at, _origin(results["scan"]))
        self._store.record(_record(known, after, transitions, snapshot))
        self._known = None if self._store.prune(at - self._retention) else after
        return transitions

    def _after(self, known: Findings, shown: Mapping[str, Sight], at: datetime) -> dict[str, Finding]:
        stepping = ((name, self._stepped(name, known, sight, at)) for name, sight in shown.items())
        return {name: finding for name, finding in stepping if finding is not None}

    def _stepped(self, name: str, known: Findings, sight: Sight, at: datetime) -> Finding | None:
        finding = known.get(name)
        rule = self._rules.get(sight.rule) if isinstance(sight, Failure) else None
        settle = timedelta(seconds=rule.settle_seconds if rule else 0)
        return stepped(name, finding, sight, settle, at)

    def _seen_again(
        self, known: Findings, shown: Mapping[str, Sight], at: datetime, reread: Reread
    ) -> dict[str, Sight]:
        """Return what a second reading shows of the failures that would open and it does not confirm.

        Two clusters are never read at the same moment, so what compares them may see a change half done.
        """
        doubtful = [name for name, sight in shown.items() if self._is_doubtful(name, known, sight, at)]
        if not doubtful:
            return {}
        again = sights(reread(), self._rules, known)
        return {name: again.get(name, "unclear") for name in doubtful if not isinstance(again.get(name), Failure)}

    def _is_doubtful(self, name: str, known: Findings, sight: Sight, at: datetime) -> bool:
        rule = self._rules.get(sight.rule) if isinstance(sight, Failure) else None
        if rule is None or not rule.two_sided:
            return False
        return event(known.get(name), self._stepped(name, known, sight, at)) in OPENINGS


def _origin(scan: Json) -> Origin:
    engine = scan["engine"]
    return Origin(scan["id"], **scan["hashes"], engine=engine["name"], engine_version=engine["version"])


def _transitions(
    known: Findings, after: Findings, shown: Mapping[str, Sight], at: datetime, origin: Origin
) -> tuple[Transition, ...]:
    told = ((finding, event(known.get(name), finding)) for name, finding in after.items())
    return tuple(
        Transition(
            finding.fingerprint,
            what,
            at,
            transition_message(what, finding, gone=shown[finding.fingerprint] == "gone"),
            origin,
        )
        for finding, what in told
        if what is not None
    )


def _record(known: Findings, after: Findings, transitions: tuple[Transition, ...], snapshot: Json) -> Record:
    changed = [finding for name, finding in after.items() if finding != known.get(name)]
    return Record(
        findings=tuple(finding for finding in changed if not _only_fails_on(known.get(finding.fingerprint), finding)),
        failing=tuple(finding for finding in changed if _only_fails_on(known.get(finding.fingerprint), finding)),
        forgotten=tuple(name for name in known if name not in after),
        transitions=transitions,
        events=tuple(_events(after, transitions)),
        snapshot=snapshot if any(told.event in OPENINGS for told in transitions) else None,
    )


def _only_fails_on(before: Finding | None, after: Finding) -> bool:
    return before is not None and replace(before, last_failed_at=after.last_failed_at) == after


def _events(after: Findings, transitions: Iterable[Transition]) -> Iterable[Json]:
    return (event_document(str(uuid4()), after[told.fingerprint], told) for told in transitions)
