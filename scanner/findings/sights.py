"""What a scan shows of each finding: it fails, it passes, it is gone, or nobody can tell."""

from collections.abc import Iterable, Iterator, Mapping

from scanner.findings.fingerprint import fingerprint
from scanner.findings.lifecycle import Failure, Sight
from scanner.model.document import Json
from scanner.model.finding import Finding
from scanner.model.result import STATUSES, Subject
from scanner.model.rule import Rule

COMPLETE = frozenset({"ok", "disabled", "unsupported"})
"""Statuses of a section in which absence proves something: it was read whole, or Consul says that it has none."""

_OF_NO_CLUSTER = frozenset({"waiver", "file"})
_FIRST_PARTITIONS = frozenset({"", "default"})


def sights(results: Json, rules: Mapping[str, Rule], known: Mapping[str, Finding]) -> dict[str, Sight]:
    """Return what a scan shows of every finding that is known, and of every failure, by fingerprint.

    Args:
        results: of the scan (schema `results`).
        rules: those that the scan judged by, by id.
        known: findings by fingerprint.
    """
    judged = dict(_judged(results["results"], known))
    blind = _blind(results["results"])
    shown: dict[str, Sight] = {
        name: _of_result(judged[name]) if name in judged else _of_absence(finding, results["clusters"], rules, blind)
        for name, finding in known.items()
    }
    return shown | {name: Failure.from_result(told) for name, told in judged.items() if told["status"] == "fail"}


def _judged(results: Iterable[Json], known: Mapping[str, Finding]) -> Iterator[tuple[str, Json]]:
    """Yield results by fingerprint, the worst last: should two of them share one, that counts.

    Only what may matter: hashing the thousands that pass costs more than all the rest.
    """
    remembered = {(finding.rule, finding.subject.id) for finding in known.values()}
    told = [result for result in results if result["status"] == "fail" or _key(result) in remembered]
    for result in sorted(told, key=lambda result: STATUSES.index(result["status"]), reverse=True):
        if result["status"] != "not_applicable":
            yield fingerprint(result), result


def _key(result: Json) -> tuple[str, str]:
    return result["rule"], result["subject"]["id"]


def _of_result(result: Json) -> Sight:
    if result["status"] == "fail":
        return Failure.from_result(result)
    return "passes" if result["status"] == "pass" else "unclear"


Blind = frozenset[tuple[str, str]]
"""Rule and cluster in which it saw nothing, or not all; of a rule that erred as a whole, the cluster is empty."""


def _blind(results: Iterable[Json]) -> Blind:
    return frozenset(
        (result["rule"], result["subject"]["cluster"])
        for result in results
        if result["status"] in {"unknown", "error"} and result["subject"]["kind"] in {"cluster", "rule"}
    )


def _of_absence(finding: Finding, clusters: Json, rules: Mapping[str, Rule], blind: Blind) -> Sight:
    rule = rules.get(finding.rule)
    if rule is None or (rule.id, "") in blind:
        return "unclear"
    places = _places(finding.subject)
    seen_whole = all(
        (rule.id, place) not in blind and _complete(clusters.get(place), rule, finding) for place in places
    )
    return "gone" if seen_whole else "unclear"


def _places(subject: Subject) -> list[str]:
    if subject.kind in _OF_NO_CLUSTER:
        return []
    both = (subject.cluster, subject.peer) if subject.kind == "pair" else (subject.cluster,)
    return [cluster for cluster in both if cluster is not None]


def _complete(cluster: Json | None, rule: Rule, finding: Finding) -> bool:
    if cluster is None or cluster["status"] == "unreachable":
        return False
    elsewhere = finding.subject.partition not in _FIRST_PARTITIONS
    sections = (*rule.needs, "partitions") if elsewhere else rule.needs
    return all(cluster["collection"][section]["status"] in COMPLETE for section in sections)
