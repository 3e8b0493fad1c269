"""Verdicts -> results: what the catalogue and the other verdicts add to each."""

from collections.abc import Callable, Iterable

from scanner.findings.causes import Failing, causes, failing
from scanner.model.document import Json
from scanner.model.result import STATUSES, Remediation, Result, Verdict
from scanner.model.rule import SEVERITIES, Rule

Mend = Callable[[Json | None], Remediation | None]
"""Renders the remedy data of a verdict; `scanner.remedy` is beside this room, so the pipeline passes it in."""


def results(verdicts: Iterable[Verdict], rules: Iterable[Rule], mend: Mend) -> list[Result]:
    """Return a result for each verdict, what needs a person first.

    Args:
        verdicts: of one scan.
        rules: the catalogue that they were judged with.
        mend: turns remedy data into words and commands.
    """
    verdicts = list(verdicts)
    by_id = {rule.id: rule for rule in rules}
    failures = failing(verdicts)
    return sorted(
        (_result(verdict, by_id[verdict.rule], failures, mend) for verdict in verdicts),
        key=urgency,
    )


def _result(verdict: Verdict, rule: Rule, failures: Failing, mend: Mend) -> Result:
    failed = verdict.status == "fail"
    return Result(
        rule=verdict.rule,
        name=rule.name,
        status=verdict.status,
        severity=rule.severity,
        subject=verdict.subject,
        message=verdict.message,
        evidence=verdict.evidence,
        needed=verdict.needed,
        error=verdict.error,
        document_statements=rule.document,
        caused_by=causes(rule, verdict.subject, failures) if failed else (),
        remediation=mend(verdict.remedy) if failed else None,
    )


def urgency(result: Result) -> tuple[int, int, str, str, str, str]:
    """Return the sort key of a result: what needs a person first, then the worst."""
    subject = result.subject
    return (
        STATUSES.index(result.status),
        SEVERITIES.index(result.severity),
        result.rule,
        subject.cluster,
        subject.kind,
        subject.id,
    )
