"""What a report says of each cluster, worst cluster first. Pure: a results document in, values out."""

from collections import Counter
from dataclasses import dataclass

from scanner.model.document import Json
from scanner.model.rule import SEVERITIES
from scanner.publish.causes import Finding, findings, urgency

UNREACHABLE_RANK = SEVERITIES.index("high") + 0.5
"""A cluster that nobody can judge is worse than a medium finding and milder than a high one that is known."""

NOWHERE = "outside the clusters"
"""What a chapter about no cluster is called."""


@dataclass(frozen=True)
class Unknown:
    """Checks of one cluster that the same thing would settle."""

    needed: str
    results: tuple[Json, ...]


@dataclass(frozen=True)
class Blindness:
    """Sections of one cluster that were not read, all for the same reason."""

    sections: tuple[str, ...]
    status: str
    detail: str

    def words(self) -> str:
        """Return it in one sentence, as text that each format still has to make safe."""
        detail = f": {self.detail}" if self.detail else ""
        return f"{', '.join(self.sections)} ({self.status}){detail}"


@dataclass(frozen=True)
class Chapter:
    """One cluster: how it was read, what is wrong, what is not known; `counts` are its results by status.

    `status` and `coverage` are empty for what belongs to no cluster of the scan.
    """

    cluster: str
    status: str
    coverage: float | None
    section_count: int
    blindness: tuple[Blindness, ...]
    missing_grants: tuple[str, ...]
    findings: tuple[Finding, ...]
    errors: tuple[Json, ...]
    unknown: tuple[Unknown, ...]
    waived: tuple[Json, ...]
    counts: Counter[str]


def chapters(document: Json) -> tuple[Chapter, ...]:
    """Return a chapter for each cluster of a results document, worst first."""
    found = findings(document["results"])
    names = {*document["clusters"], *(result["subject"]["cluster"] for result in document["results"])}
    return tuple(sorted((_chapter(name, document, found) for name in names), key=_rank))


def _chapter(name: str, document: Json, found: tuple[Finding, ...]) -> Chapter:
    cluster = document["clusters"].get(name, {"status": "", "coverage": None, "collection": {}})
    results = sorted((result for result in document["results"] if result["subject"]["cluster"] == name), key=urgency)
    return Chapter(
        cluster=name,
        status=cluster["status"],
        coverage=cluster["coverage"],
        section_count=len(cluster["collection"]),
        blindness=_blindness(cluster),
        missing_grants=_missing_grants(cluster),
        findings=tuple(finding for finding in found if finding.result["subject"]["cluster"] == name),
        errors=tuple(result for result in results if result["status"] == "error"),
        unknown=_unknown(results),
        waived=tuple(result for result in results if result["status"] == "fail" and result["waived_by"]),
        counts=Counter(result["status"] for result in results),
    )


def _blindness(cluster: Json) -> tuple[Blindness, ...]:
    if cluster["status"] == "ok":
        return ()
    reasons: dict[tuple[str, str], list[str]] = {}
    for section, read in sorted(cluster["collection"].items()):
        if read["status"] != "ok":
            reasons.setdefault((read["status"], read["detail"]), []).append(section)
    return tuple(Blindness(tuple(sections), *reason) for reason, sections in reasons.items())


def _missing_grants(cluster: Json) -> tuple[str, ...]:
    return tuple(sorted({grant for read in cluster["collection"].values() for grant in read["missing"]}))


def _unknown(results: list[Json]) -> tuple[Unknown, ...]:
    by_need: dict[str, list[Json]] = {}
    for result in results:
        if result["status"] == "unknown":
            by_need.setdefault(result["needed"] or result["message"], []).append(result)
    return tuple(Unknown(needed, tuple(group)) for needed, group in by_need.items())


def _rank(chapter: Chapter) -> tuple[float, bool, bool, bool, str]:
    new = (finding.result["severity"] for finding in chapter.findings if not finding.known)
    worst = min(map(SEVERITIES.index, new), default=len(SEVERITIES))
    unread = UNREACHABLE_RANK if chapter.status == "unreachable" else len(SEVERITIES)
    return (min(worst, unread), not chapter.errors, not chapter.unknown, not chapter.findings, chapter.cluster)
