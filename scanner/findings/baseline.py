"""What is new against an earlier scan, and what is resolved. Pure. What cannot be compared is new."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from scanner.findings.fingerprint import fingerprint
from scanner.model.document import Json
from scanner.model.result import Outcome, Result


@dataclass(frozen=True)
class Baseline:
    """An earlier results document (`schemas/results.json`)."""

    document: Json

    @cached_property
    def failures(self) -> Mapping[str, Json]:
        """Its failures by fingerprint, but for waived ones: they were accepted for a time, and are new after it."""
        failed = [one for one in self.document["results"] if one["status"] == "fail" and not one["waived_by"]]
        return {fingerprint(result): result for result in failed}


def compared(results: Iterable[Result], baseline: Baseline) -> list[Result]:
    """Return the results, each failure that no waiver covers marked as new, or as known from the baseline."""
    return [_compared(result, baseline) if _is_open(result) else result for result in results]


def comparison(results: Sequence[Result], clusters: Iterable[str], baseline: Baseline) -> Json:
    """Return the `baseline` of a results document: which scan it was, and which of its failures are resolved."""
    scan = baseline.document["scan"]
    return {
        "scan_id": scan["id"],
        "finished_at": scan["finished_at"],
        "resolved": [
            {key: failure[key] for key in ("rule", "name", "severity", "subject")}
            for failure in _resolved(results, frozenset(clusters), baseline)
        ],
    }


def _is_open(result: Result) -> bool:
    return result.status == "fail" and result.waiver is None


def _compared(result: Result, baseline: Baseline) -> Result:
    known = _mark(result.outcome) in baseline.failures
    return replace(result, baseline="known" if known else "new")


def _mark(outcome: Outcome) -> str:
    return fingerprint({"rule": outcome.rule, "subject": vars(outcome.subject)})


def _resolved(results: Sequence[Result], clusters: frozenset[str], baseline: Baseline) -> list[Json]:
    wanted = {(failure["rule"], failure["subject"]["id"]) for failure in baseline.failures.values()}
    still = (result for result in results if (result.rule, result.subject.id) in wanted)
    now = {_mark(result.outcome): result.status for result in still}
    rules = {result.rule for result in results}
    hidden = {(one.rule, one.subject.cluster) for one in results if one.status in {"unknown", "error"}}
    return [
        failure
        for mark, failure in baseline.failures.items()
        if now.get(mark) == "pass" or (mark not in now and _is_gone(failure, rules, hidden, clusters))
    ]


def _is_gone(failure: Json, rules: set[str], hidden: set[tuple[str, str]], clusters: frozenset[str]) -> bool:
    """Tell whether a subject without a result is no more: its rule was judged whole in each cluster that has it."""
    rule, subject = failure["rule"], failure["subject"]
    concerned = {cluster for cluster in (subject["cluster"], subject["peer"]) if cluster}
    blind = any((rule, cluster) in hidden for cluster in (*concerned, ""))
    return rule in rules and concerned <= clusters and not blind
