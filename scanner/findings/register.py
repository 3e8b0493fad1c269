"""What is remembered from scan to scan: it takes results in, and gives what is to be told of them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from scanner.findings.lifecycle import Failure, Sight, event, stepped
from scanner.findings.recording import Findings, Record, origin_of, record_of, transitions_of
from scanner.findings.sights import sights
from scanner.findings.unseen_causes import explained
from scanner.model.document import Json
from scanner.model.finding import OPENINGS, Finding, Transition
from scanner.model.rule import Rule
from scanner.model.scanned import Standing

PRUNING = timedelta(minutes=1)
"""How long what is kept may be older than it has to: looking for that costs more than a scan that changes nothing."""

Reread = Callable[[], Json]
"""Reads everything anew, and returns the results document of it."""


class Store(Protocol):
    """Where findings are kept. Every method raises StoreError, and then has changed nothing."""

    @property
    def openings(self) -> int:
        """How often it was opened, this look at it included: what it held before may be there no more."""
        ...

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
        self._openings = 0
        self._pruned_at: datetime | None = None

    @property
    def standing(self) -> Standing:
        """What fails as far as is known after the scan that was observed last; nothing where that failed."""
        return tuple(finding for finding in (self._known or {}).values() if finding.failing_since is not None)

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
        known = self._remembered(at)
        shown = sights(results, self._rules, known)
        shown |= self._seen_again(known, shown, at, reread)
        shown = explained(known, shown, self._rules)
        after = self._after(known, shown, at)
        transitions = transitions_of(known, after, shown, origin_of(results["scan"]), at)
        self._store.record(record_of(known, after, transitions, snapshot))
        self._known = after
        return transitions

    def _remembered(self, at: datetime) -> dict[str, Finding]:
        # Until all is written the store alone knows what holds.
        known, self._known = self._known, None
        pruned = self._pruned(at)
        # Others read the store too: that the file is another one now may have been told to them.
        before, self._openings = self._openings, self._store.openings
        return self._store.findings() if pruned or known is None or before != self._openings else known

    def _pruned(self, at: datetime) -> bool:
        """Drop what is old, if that was not done a short while ago; tell whether anything was dropped."""
        if self._pruned_at is not None and timedelta(0) <= at - self._pruned_at < PRUNING:
            return False
        dropped = self._store.prune(at - self._retention)
        self._pruned_at = at
        return dropped

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
