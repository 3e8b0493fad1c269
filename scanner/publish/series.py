"""Numbers of a results document by label values, for metrics. Pure; label values are capped and printable."""

from collections import Counter
from collections.abc import Sequence

from scanner.model.document import Json
from scanner.model.result import STATUSES
from scanner.model.rule import Rule
from scanner.publish.causes import findings
from scanner.publish.terminal import printable

Labels = tuple[str, ...]

NOT_WANTED = ("off", "disabled", "unsupported")
"""Statuses of a section that nobody has to mend: an alert on them would never end."""


def results_by_status(results: Json, rules: Sequence[Rule]) -> dict[Labels, float]:
    """Return the number of results by (cluster, rule, status), with 0 for all that could be."""
    counts = Counter((*_place(result), result["status"]) for result in results["results"])
    known = [
        _labels(cluster, rule.id, status) for cluster in results["clusters"] for rule in rules for status in STATUSES
    ]
    return dict.fromkeys(known, 0.0) | _labelled(counts)


def failures(results: Json, rules: Sequence[Rule]) -> dict[Labels, float]:
    """Return the number of failures to mend by (cluster, rule, severity), with 0 for all rules.

    Waived ones and consequences of others are not among them: one cause alerts once.
    """
    found = [finding.result for finding in findings(results["results"])]
    counts = Counter((*_place(result), result["severity"]) for result in found)
    known = [_labels(cluster, rule.id, rule.severity) for cluster in results["clusters"] for rule in rules]
    return dict.fromkeys(known, 0.0) | _labelled(counts)


def coverage(results: Json) -> dict[Labels, float]:
    """Return the coverage, 0 to 1, by (cluster,); a cluster where nothing applies is left out."""
    clusters = results["clusters"].items()
    return {_labels(name): cluster["coverage"] for name, cluster in clusters if cluster["coverage"] is not None}


def cluster_up(results: Json) -> dict[Labels, float]:
    """Return 1 for a cluster that could be read and 0 for one that could not, by (cluster,)."""
    return {_labels(name): float(cluster["status"] != "unreachable") for name, cluster in results["clusters"].items()}


def sections_ok(results: Json) -> dict[Labels, float]:
    """Return 1 for a section that was read whole and 0 for one that was not, by (cluster, section)."""
    return {
        _labels(name, section): float(read["status"] == "ok")
        for name, cluster in results["clusters"].items()
        for section, read in cluster["collection"].items()
        if read["status"] not in NOT_WANTED
    }


def _place(result: Json) -> tuple[str, str]:
    return (result["subject"]["cluster"], result["rule"])


def _labelled(counts: Counter[tuple[str, str, str]]) -> dict[Labels, float]:
    return {_labels(*labels): float(number) for labels, number in counts.items()}


def _labels(*values: str) -> Labels:
    return tuple(printable(value) for value in values)
