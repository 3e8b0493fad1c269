"""The way of the data in one place: a snapshot in, a results document out. `audit` and `serve` run the same."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from scanner.derive.facts import judged
from scanner.errors import DocumentError
from scanner.evaluate.engine import Engine
from scanner.evaluate.verdicts import RuleSet, verdicts
from scanner.findings.acceptance import Acceptance
from scanner.findings.baseline import Baseline
from scanner.findings.filter import Filter
from scanner.findings.results import results
from scanner.findings.summary import cluster_status, coverage, summary
from scanner.findings.told_rules import told_rules
from scanner.model.document import Json, sha256
from scanner.model.result import Verdict
from scanner.model.rule import Rule, Severity
from scanner.model.snapshot import NULLABLE, SCHEMA_VERSION, SECTIONS
from scanner.remedy.shell import remediation
from scanner.schemas import fault

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Judgement:
    """How snapshots are judged: by which engine and rules, what fails the scan, what is accepted, which results count.

    A coverage under `fail_coverage_below` (0 to 1) fails it too; so does none at all, unless that is 0.
    """

    engine: Engine
    rule_set: RuleSet
    fail_on: Severity
    clock: Clock = utc_now
    acceptance: Acceptance = field(default_factory=Acceptance)
    narrowed_to: Filter = field(default_factory=Filter)
    fail_coverage_below: float = 0.0

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules that judge: those of the policies, and those about waivers."""
        return (*self.rule_set.rules, *self.acceptance.rules)

    def against(self, baseline: Json) -> "Judgement":
        """Return the same, for which failures that an earlier results document has do not fail a scan again."""
        return replace(self, acceptance=replace(self.acceptance, baseline=Baseline(baseline)))

    def results(self, snapshot: Json, started_at: datetime) -> Json:
        """Return the results document (`schemas/results.json`) of a snapshot.

        Args:
            snapshot: as `checked_snapshot` returns it.
            started_at: when the scan began, reading included.

        Raises:
            EngineError: the engine is not there or cannot be believed.
        """
        found = verdicts(self.engine, self.rule_set, judged(snapshot))
        clusters = list(snapshot["clusters"])
        whole = self.acceptance.applied(results(found, self.rule_set.rules, remediation), clusters, self.clock())
        judged_results = list(filter(self.narrowed_to.tells, whole))
        statuses = {name: cluster_status(state["collection"]) for name, state in snapshot["clusters"].items()}
        read = [status for name, status in statuses.items() if self.narrowed_to.covers(name)]
        return {
            "schema_version": SCHEMA_VERSION,
            "scan": self._scan(snapshot, found, started_at),
            "clusters": {
                name: {
                    "status": statuses[name],
                    "coverage": coverage(result for result in judged_results if result.subject.concerns(name)),
                    "collection": snapshot["clusters"][name]["collection"],
                }
                for name in self.narrowed_to.shown(statuses, judged_results)
            },
            **self.narrowed_to.document(),
            "summary": summary(judged_results, read, self.fail_on, self.fail_coverage_below),
            "rules": told_rules(self.rules),
            "results": [result.document() for result in judged_results],
            **self.acceptance.told(whole, clusters),
        }

    def _scan(self, snapshot: Json, found: list[Verdict], started_at: datetime) -> Json:
        return {
            "id": str(uuid4()),
            "started_at": started_at.isoformat(timespec="milliseconds"),
            "finished_at": self.clock().isoformat(timespec="milliseconds"),
            "engine": {"name": self.engine.name, "version": self.engine.version},
            "hashes": {
                "snapshot": sha256(snapshot),
                "policies": self.rule_set.policies.sha256,
                "results": sha256([verdict.document() for verdict in found]),
            },
        }


def checked_snapshot(document: Any, source: str) -> Json:
    """Return a snapshot that was stored.

    Args:
        document: what `source` holds.
        source: named in the error.

    Raises:
        DocumentError: another schema version, or not a snapshot at all.
    """
    version = document.get("schema_version") if isinstance(document, dict) else None
    if version is not None and version != SCHEMA_VERSION:
        raise DocumentError(
            f"{source} is of schema version {version!r}; this consul-scan reads version {SCHEMA_VERSION}",
            "Export it anew with this version.",
        )
    if reason := fault(document, "snapshot"):
        raise DocumentError(f"{source} is no snapshot: {reason}", "Make one with `consul-scan export`.")
    snapshot: Json = document
    if reason := _contradiction(snapshot):
        raise DocumentError(f"{source} contradicts itself: {reason}", "Make one with `consul-scan export`.")
    return snapshot


def _contradiction(snapshot: Json) -> str | None:
    told = [section for section in SECTIONS if section not in NULLABLE]
    for name, cluster in snapshot["clusters"].items():
        for section in told:
            if cluster["collection"][section]["status"] == "ok" and cluster[section] is None:
                return f"section {section} of {name} was read, and is not there"
    return None
