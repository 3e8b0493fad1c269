"""What is asked of the memory of findings, and the port through which it is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scanner.model.document import Json
from scanner.model.finding import Finding, Transition


@dataclass(frozen=True)
class Wanted:
    """Which findings are asked for: each condition that is given has to hold, by any of its values.

    They failed or were told of since a time; are of a rule, by its id or name; of a cluster, which may be either one of
    a pair; have a severity, a state, a fingerprint. What is no such word is had by none.
    """

    since: datetime | None = None
    rules: Sequence[str] = ()
    clusters: Sequence[str] = ()
    severities: Sequence[str] = ()
    states: Sequence[str] = ()
    fingerprints: Sequence[str] = ()


@dataclass(frozen=True)
class Told:
    """One line of the history: what was told of which finding. `number` grows from one to the next."""

    number: int
    transition: Transition
    finding: Finding

    def document(self) -> Json:
        """Return it as the API has it."""
        about = self.finding.document()
        named = ("fingerprint", "rule", "name", "severity", "subject")
        return {"id": self.number} | self.transition.document() | {"finding": {name: about[name] for name in named}}


class Recall(Protocol):
    """What is remembered. Every method raises StoreError, and may be called by any thread."""

    def findings(self, wanted: Wanted, after: tuple[str, ...] | None, most: int) -> list[Finding]:
        """Return so many findings by rule and fingerprint, those that come after such a pair."""
        ...

    def told(self, wanted: Wanted, events: Sequence[str], before: int | None, most: int) -> list[Told]:
        """Return so many lines of the history, the newest first, those before a number."""
        ...
