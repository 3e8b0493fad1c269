"""Numbers of a results document by label values, for metrics. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import product

from scanner.model.document import Json
from scanner.model.result import STATUSES
from scanner.model.rule import Rule
from scanner.publish.tables import Labels

NOT_WANTED = ("off", "disabled", "unsupported")
"""Statuses of a section that nobody has to mend: an alert on them would never end."""

PATH_RULE = "MGP-405"
PATH_STATES = ("proven", "bypassed", "unknown")
_STATE_OF_VERDICT = {"pass": "proven", "fail": "bypassed"}
"""What a verdict of MGP-405 says of the path; whatever else it is, the path is not known."""


def results_by_status(results: Json, rules: Sequence[Rule]) -> dict[Labels, tuple[float, ...]]:
    """Return how many results have each of `STATUSES`, by (cluster, rule), with rows for all that could be."""
    counts: defaultdict[Labels, dict[str, float]] = defaultdict(lambda: dict.fromkeys(STATUSES, 0.0))
    for result in results["results"]:
        counts[_place(result)][result["status"]] += 1
    known = product(results["clusters"], [rule.id for rule in rules])
    none = (0.0,) * len(STATUSES)
    return dict.fromkeys(known, none) | {place: tuple(count.values()) for place, count in counts.items()}


def open_findings(results: Json, mending: Sequence[Json], rules: Sequence[Rule]) -> dict[Labels, float]:
    """Return the number of findings to mend by (cluster, rule, severity), with 0 for all rules of the scan.

    `mending` are those findings, as `standing.to_mend` gives them.
    """
    counts = Counter((*_place(found), found["severity"]) for found in mending)
    known = [(cluster, rule.id, rule.severity) for cluster in results["clusters"] for rule in rules]
    return dict.fromkeys(known, 0.0) | _numbers(counts)


def single_findings(mending: Sequence[Json], most: int) -> dict[Labels, float]:
    """Return 1 for each finding to mend, the first of them and at most so many.

    By (cluster, kind, name, namespace, partition, peer, rule, severity, subject id); all but the cluster, the kind and
    the rule are names that a cluster chose.
    """
    return dict.fromkeys((_single(found) for found in mending[:most]), 1.0)


def paths(results: Json) -> dict[Labels, tuple[float, ...]]:
    """Return 1 for the one of `PATH_STATES` that the path of each pair has and 0 for the others.

    By (dialing cluster, pair, accepting cluster); a pair is named by its peering id, and an accepting cluster that is
    not in the scan is empty.
    """
    judged = [result for result in results["results"] if _is_path(result)]
    states = {_pair(result): _STATE_OF_VERDICT.get(result["status"], "unknown") for result in judged}
    return {pair: tuple(float(state == at) for state in PATH_STATES) for pair, at in states.items()}


def coverage(results: Json) -> dict[Labels, float]:
    """Return the coverage, 0 to 1, by (cluster,); a cluster where nothing applies is left out."""
    clusters = results["clusters"].items()
    return {(name,): cluster["coverage"] for name, cluster in clusters if cluster["coverage"] is not None}


def cluster_up(results: Json) -> dict[Labels, float]:
    """Return 1 for a cluster that could be read and 0 for one that could not, by (cluster,)."""
    return {(name,): float(cluster["status"] != "unreachable") for name, cluster in results["clusters"].items()}


def sections_ok(results: Json) -> dict[Labels, float]:
    """Return 1 for a section that was read whole and 0 for one that was not, by (cluster, section)."""
    return {
        (name, section): float(read["status"] == "ok")
        for name, cluster in results["clusters"].items()
        for section, read in cluster["collection"].items()
        if read["status"] not in NOT_WANTED
    }


def _place(result: Json) -> tuple[str, str]:
    return (result["subject"]["cluster"], result["rule"])


def _is_path(result: Json) -> bool:
    if result["rule"] != PATH_RULE:
        return False
    return bool(result["subject"]["kind"] == "pair" and result["status"] != "not_applicable")


def _pair(result: Json) -> Labels:
    subject = result["subject"]
    return (subject["cluster"], subject["id"], subject["peer"] or "")


def _single(result: Json) -> Labels:
    at = result["subject"]
    place = (at["cluster"], at["kind"], at["name"], at["namespace"], at["partition"], at["peer"] or "")
    return (*place, result["rule"], result["severity"], at["id"])


def _numbers(counts: Counter[tuple[str, str, str]]) -> dict[Labels, float]:
    return {labels: float(number) for labels, number in counts.items()}
