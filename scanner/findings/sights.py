"""What a scan shows of each finding: it fails, it passes, it is gone, nobody looks any more, or nobody can tell."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scanner.findings.fingerprint import fingerprint
from scanner.findings.lifecycle import Failure, Sight
from scanner.model.document import Json
from scanner.model.finding import Finding
from scanner.model.result import STATUSES, Subject
from scanner.model.rule import Rule

COMPLETE = frozenset({"ok", "disabled", "unsupported"})
"""Statuses of a section in which absence proves something: it was read whole, or Consul says that it has none."""

_SWITCHED = frozenset({"acl"})
"""Sections that the config file switches, of those that a rule can need."""

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
    scan = _Scan(results["clusters"], rules, _blind(results["results"]), narrowed="filter" in results)
    shown: dict[str, Sight] = {name: _of_known(finding, judged.get(name), scan) for name, finding in known.items()}
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


@dataclass(frozen=True)
class _Scan:
    """What a scan tells of what is not in its results. Of one that was narrowed, absence says nothing."""

    clusters: Json
    rules: Mapping[str, Rule]
    blind: Blind
    narrowed: bool


def _of_known(finding: Finding, result: Json | None, scan: _Scan) -> Sight:
    sight = _of_result(result) if result else _of_absence(finding, scan)
    return "left" if sight == "unclear" and _has_left(finding, scan) else sight


def _has_left(finding: Finding, scan: _Scan) -> bool:
    """Tell whether nobody looks at it any more: its rule does not judge, or a cluster or what it needs is not read."""
    if scan.narrowed:
        return False
    rule = scan.rules.get(finding.rule)
    if rule is None:
        return True
    clusters = [scan.clusters.get(place) for place in _places(rule, finding.subject)]
    return any(cluster is None or _is_switched_off(cluster, rule) for cluster in clusters)


def _is_switched_off(cluster: Json, rule: Rule) -> bool:
    """Tell whether the config file says not to read what a rule needs; a grant that is missing does not say so."""
    sections = [cluster["collection"][section] for section in rule.needs if section in _SWITCHED]
    return any(section["status"] == "off" and not section["missing"] for section in sections)


def _of_absence(finding: Finding, scan: _Scan) -> Sight:
    rule = scan.rules.get(finding.rule)
    if rule is None or scan.narrowed or (rule.id, "") in scan.blind:
        return "unclear"
    places = _places(rule, finding.subject)
    seen_whole = all(
        (rule.id, place) not in scan.blind and _complete(scan.clusters.get(place), rule, finding) for place in places
    )
    return "gone" if seen_whole else "unclear"


def _places(rule: Rule, subject: Subject) -> list[str]:
    """Return the clusters that a rule has to see whole before it can miss a subject."""
    if subject.kind in _OF_NO_CLUSTER:
        return []
    both = (subject.cluster, subject.peer) if rule.two_sided else (subject.cluster,)
    return [cluster for cluster in both if cluster is not None]


def _complete(cluster: Json | None, rule: Rule, finding: Finding) -> bool:
    if cluster is None or cluster["status"] == "unreachable":
        return False
    elsewhere = finding.subject.partition not in _FIRST_PARTITIONS
    sections = (*rule.needs, "partitions") if elsewhere else rule.needs
    return all(cluster["collection"][section]["status"] in COMPLETE for section in sections)
