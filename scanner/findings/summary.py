"""The sums of a scan, and its exit code (design section 8)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from scanner.model.document import Json
from scanner.model.result import STATUSES, Result
from scanner.model.rule import SEVERITIES, Severity, at_least

ClusterStatus = Literal["ok", "partial", "unreachable"]


def coverage(results: Iterable[Result]) -> float | None:
    """Return the part of what applies that could be judged, 0 to 1; None where nothing applies."""
    count = Counter(result.status for result in results)
    judged = count["pass"] + count["fail"]
    applies = judged + count["unknown"] + count["error"]
    return judged / applies if applies else None


def cluster_status(collection: Json) -> ClusterStatus:
    """Return how a cluster was read, from the `collection` part of its snapshot.

    Unreachable is a cluster that gave no usable answer to the first question, what the token may see.
    """
    statuses = {section["status"] for section in collection.values()}
    if collection["access"]["status"] == "error":
        return "unreachable"
    return "partial" if statuses & {"denied", "filtered", "error"} else "ok"


def exit_code(
    results: Iterable[Result], clusters: Iterable[ClusterStatus], fail_on: Severity, fail_coverage_below: float = 0.0
) -> int:
    """Return 4 where a cluster could not be read, 3 where a rule erred or too little could be judged.

    Else 1 where something failed badly, or 0. Coverage has to reach `fail_coverage_below`; where nothing applied there
    is none, which reaches nothing.
    """
    results = list(results)
    if "unreachable" in set(clusters):
        return 4
    if any(result.status == "error" for result in results) or (coverage(results) or 0.0) < fail_coverage_below:
        return 3
    if any(_counts(result, fail_on) for result in results):
        return 1
    return 0


def summary(
    results: Sequence[Result], clusters: Iterable[ClusterStatus], fail_on: Severity, fail_coverage_below: float = 0.0
) -> Json:
    """Return the `summary` of the results document."""
    count = Counter(result.status for result in results)
    severities = Counter(result.severity for result in results if result.status == "fail")
    return {
        **{status: count[status] for status in STATUSES},
        "by_severity": {severity: severities[severity] for severity in SEVERITIES},
        "waived": sum(result.waiver is not None for result in results),
        "known": sum(result.baseline == "known" for result in results),
        "coverage": coverage(results),
        "exit_code": exit_code(results, clusters, fail_on, fail_coverage_below),
    }


def _counts(result: Result, fail_on: Severity) -> bool:
    accepted = result.waiver is not None or result.baseline == "known"
    return result.status == "fail" and not accepted and at_least(result.severity, fail_on)
