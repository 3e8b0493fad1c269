"""Failures and what they explain: one cause speaks once."""

from dataclasses import dataclass

from scanner.model.document import Json
from scanner.model.rule import SEVERITIES
from scanner.publish.waivers import is_known

_Cause = tuple[str, str, str, str]


@dataclass(frozen=True)
class Finding:
    """A failure to mend, and the failures that go when it is mended."""

    result: Json
    follows: tuple[Json, ...]

    @property
    def known(self) -> bool:
        """Whether the baseline had all of it."""
        return all(is_known(result) for result in (self.result, *self.follows))


def findings(results: list[Json]) -> tuple[Finding, ...]:
    """Return the unwaived failures, each derived one under the failure at the root of its causes.

    What is new against a baseline comes first, and of both the worst first. One whose cause is not among the unwaived
    failures stands alone, so that none is lost.
    """
    failures = sorted((result for result in results if is_open(result)), key=urgency)
    by_root: dict[int, list[Json]] = {}
    for index, root in enumerate(_roots(failures)):
        by_root.setdefault(root, []).extend([failures[index]] if index != root else [])
    found = (Finding(failures[root], tuple(follows)) for root, follows in sorted(by_root.items()))
    return tuple(sorted(found, key=lambda finding: finding.known))


def causes_named(result: Json) -> list[str]:
    """Return the causes of a failure as `MGP-301 of dc1`: text that each format still has to make safe."""
    return [f"{cause['rule']} of {cause['cluster']}" for cause in result["caused_by"]]


def is_open(result: Json) -> bool:
    """Tell whether a result is a failure that no waiver covers."""
    return bool(result["status"] == "fail" and not result["waived_by"])


def urgency(result: Json) -> tuple[int, str, str, str, str, str, str]:
    """Return the sort key of a result: the worst severity first, then by rule and subject."""
    subject = result["subject"]
    place = (subject["cluster"], subject["partition"], subject["namespace"])
    return (SEVERITIES.index(result["severity"]), result["rule"], *place, subject["name"], subject["id"])


def _roots(failures: list[Json]) -> list[int]:
    places = {_as_cause(failure): index for index, failure in enumerate(failures)}
    parents = [_parent(failure, places) for failure in failures]
    return [_root(index, parents) for index in range(len(failures))]


def _parent(failure: Json, places: dict[_Cause, int]) -> int | None:
    causes = (places.get(_cause(cause)) for cause in failure["caused_by"])
    return next((place for place in causes if place is not None), None)


def _as_cause(failure: Json) -> _Cause:
    return _cause(failure | {key: failure["subject"][key] for key in ("cluster", "kind", "id")})


def _cause(fields: Json) -> _Cause:
    return (fields["rule"], fields["cluster"], fields["kind"], fields["id"])


def _root(index: int, parents: list[int | None]) -> int:
    """Follow causes to the end; a circle explains nothing, so who is in one stands alone."""
    seen, at = {index}, index
    while (above := parents[at]) is not None:
        if above in seen:
            return index
        seen.add(above)
        at = above
    return at
