"""Which failure explains which: one cause speaks once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from scanner.model.result import Cause, Subject, Verdict
from scanner.model.rule import Rule

Failing = Mapping[tuple[str, str], Sequence[Cause]]
"""Failures by rule and cluster."""


def failing(verdicts: Iterable[Verdict]) -> Failing:
    """Return the failures that may explain others, by rule and each cluster that they concern."""
    found: dict[tuple[str, str], list[Cause]] = defaultdict(list)
    for verdict in verdicts:
        if verdict.status == "fail":
            subject = verdict.subject
            found[verdict.rule, subject.cluster].append(Cause(verdict.rule, subject.cluster, subject.kind, subject.id))
    return found


def causes(rule: Rule, subject: Subject, failures: Failing) -> tuple[Cause, ...]:
    """Return the failures that explain a failure of `rule` on `subject`.

    Those are failures of the rules that it follows from, on the subject's own cluster or, of a peering or a pair, on
    the other one.
    """
    return tuple(
        cause
        for earlier in rule.follows_from
        for cluster in dict.fromkeys((subject.cluster, subject.peer))
        if cluster is not None
        for cause in failures.get((earlier, cluster), ())
    )
