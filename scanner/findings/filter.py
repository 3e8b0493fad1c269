"""What an audit was narrowed to: some rules, some clusters, the worst severities. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model.document import Json
from scanner.model.result import Result
from scanner.model.rule import Severity, at_least


@dataclass(frozen=True)
class Filter:
    """Which results count: those of rules by id, those about clusters by name, those of a severity or worse.

    What is empty excludes nothing. All rules are judged whatever it says, so a result is the same as in a whole audit:
    with its causes, and with MGP-701 still asking for the sections of every rule.
    """

    rules: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    severity: Severity | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it excludes nothing."""
        return self == Filter()

    def tells(self, result: Result) -> bool:
        """Tell whether a result counts. What belongs to no cluster, as a rule that erred does, concerns them all."""
        return (
            (not self.rules or result.rule in self.rules)
            and (self.severity is None or at_least(result.severity, self.severity))
            and (not result.subject.cluster or self._about(result))
        )

    def covers(self, cluster: str) -> bool:
        """Tell whether the filter is about a cluster."""
        return not self.clusters or cluster in self.clusters

    def shown(self, clusters: Mapping[str, Any], told: list[Result]) -> tuple[str, ...]:
        """Return which clusters stand in a report: those that it is about, and the other ends of their pairs."""
        return tuple(
            name for name in clusters if self.covers(name) or any(result.subject.concerns(name) for result in told)
        )

    def document(self) -> Json:
        """Return {"filter": ...} as it stands in the results document; nothing where nothing is excluded."""
        if self.is_empty:
            return {}
        return {"filter": {"rules": [*self.rules], "clusters": [*self.clusters], "severity": self.severity}}

    def _about(self, result: Result) -> bool:
        return not self.clusters or any(result.subject.concerns(name) for name in self.clusters)
