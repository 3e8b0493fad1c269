"""Which findings there are to mend, for metrics: by what is remembered, or else by the last scan alone. Pure."""

from collections.abc import Collection, Sequence

from scanner.model.document import Json
from scanner.model.finding import Finding
from scanner.model.rule import Rule
from scanner.model.scanned import Standing
from scanner.publish.causes import findings


def to_mend(results: Json, standing: Standing | None, rules: Sequence[Rule]) -> tuple[Json, ...]:
    """Return the findings to mend, the worst first: neither waived nor the consequence of another one to mend.

    Args:
        results: of the last scan that gave results (schema `results`).
        standing: what fails as far as was known after it. Of this what has settled counts, whether the scan could see
            it or not. None: what fails in the results counts, at once.
        rules: those that scans judge by. What is remembered of others, or of clusters that are not in the results, is
            not looked at any more and does not count.

    Returns:
        `rule`, `severity` and `subject` of each, as results have them.
    """
    if standing is None:
        return tuple(found.result for found in findings(results["results"]))
    clusters, known = {*results["clusters"], ""}, {rule.id for rule in rules}
    failing = [_failure(finding) for finding in standing if _is_scanned(finding, clusters, known)]
    return tuple(found.result for found in findings(failing) if found.result["is_open"])


def _is_scanned(finding: Finding, clusters: Collection[str], rules: Collection[str]) -> bool:
    return finding.subject.cluster in clusters and finding.rule in rules


def _failure(finding: Finding) -> Json:
    return {
        "rule": finding.rule,
        "status": "fail",
        "severity": finding.severity,
        "subject": finding.subject.document(),
        "caused_by": [vars(cause) for cause in finding.caused_by],
        "waived_by": finding.waived_by,
        "is_open": finding.is_open,
    }
