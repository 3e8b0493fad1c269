"""MGP-801 and MGP-802: the rules about waivers. They are judged here, after the results that waivers are about."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from scanner.findings.waivers import Reach, names, reaches
from scanner.model.document import Json
from scanner.model.result import Outcome, Remediation, Result, Status, Subject
from scanner.model.rule import Rule
from scanner.model.waiver import Waiver

_NAMED = 10
"""So many failures are named in the evidence; all are counted."""

_SEE = "docs/waivers.md"

EXPIRED = Rule(
    id="MGP-801",
    group="waivers",
    name="waiver_expired",
    title="No waiver that ended is still needed",
    description=(
        "A waiver that is past its end matches no failure: what it accepted was mended. Where that cannot be told, the "
        "verdict is unknown."
    ),
    severity="medium",
    document=(),
    needs=(),
    judges="waiver",
    two_sided=False,
    not_applicable="there is no waiver",
    in_consul="Consul knows of no waivers. The failures that one covered count again from its end on.",
    mend="text",
    in_rego=False,
)

UNMATCHED = Rule(
    id="MGP-802",
    group="waivers",
    name="waiver_unmatched",
    title="Each waiver matches a failure",
    description=(
        "A waiver that has begun matches a failure, whether it still counts or not. Where its rule or its clusters "
        "were not judged whole, a failure may be hidden and the verdict is unknown."
    ),
    severity="info",
    document=(),
    needs=(),
    judges="waiver",
    two_sided=False,
    not_applicable="the waiver has not begun",
    in_consul="Consul knows of no waivers. One that matches nothing waits for a failure that nobody has looked at yet.",
    mend="text",
    in_rego=False,
)

WAIVER_RULES = (EXPIRED, UNMATCHED)


def waiver_results(
    rules: Iterable[Rule], waivers: Sequence[Waiver], results: Iterable[Result], clusters: Sequence[str], at: datetime
) -> list[Result]:
    """Return a result for each waiver by each of the rules about waivers that are enabled.

    Args:
        rules: of `WAIVER_RULES`, with the operators' own severities.
        waivers: as the waivers file has them.
        results: of the scan, which they may match.
        clusters: of the scan.
        at: the moment that decides whether a waiver counts.
    """
    found = reaches(waivers, [result.outcome for result in results], clusters)
    judges = {EXPIRED.id: _expired, UNMATCHED.id: _unmatched}
    return [
        _result(rule, waiver, met, judges[rule.id](waiver, met, at), clusters)
        for rule in rules
        for waiver, met in zip(waivers, found, strict=True)
    ]


def _expired(waiver: Waiver, found: Reach, at: datetime) -> tuple[Status, str]:
    if waiver.state(at) != "expired":
        return "pass", f"waiver {waiver.id} ends {waiver.expires}"
    ended = f"waiver {waiver.id} of {waiver.owner} ended {waiver.expires}"
    if found.failures:
        return "fail", f"{ended}, and {waiver.rule} still fails where it counted ({len(found.failures)})"
    return ("unknown", ended) if found.doubt else ("pass", f"{ended}; nothing that it covered fails")


def _unmatched(waiver: Waiver, found: Reach, at: datetime) -> tuple[Status, str]:
    if waiver.state(at) == "not yet":
        return "not_applicable", UNMATCHED.not_applicable
    if found.failures:
        return "pass", f"waiver {waiver.id} matches {waiver.rule} ({len(found.failures)})"
    told = f"waiver {waiver.id} matches no failure of {waiver.rule}"
    return ("unknown" if found.doubt else "fail"), told


def _result(rule: Rule, waiver: Waiver, found: Reach, judged: tuple[Status, str], clusters: Sequence[str]) -> Result:
    status, message = judged
    return Result(
        rule=rule.id,
        name=rule.name,
        status=status,
        severity=rule.severity,
        subject=_subject(waiver, clusters),
        message=message,
        evidence=_evidence(waiver, found),
        needed=f"A scan that sees it: {found.doubt}" if status == "unknown" else None,
        error=None,
        document_statements=rule.document,
        caused_by=(),
        remediation=_mend(rule) if status == "fail" else None,
    )


def _subject(waiver: Waiver, clusters: Sequence[str]) -> Subject:
    """Return the waiver as a subject; it belongs to a cluster where it names one of the scan, else to none."""
    cluster = waiver.cluster if waiver.cluster in clusters else ""
    return Subject(cluster=cluster, kind="waiver", id=waiver.id, name=waiver.id)


def _evidence(waiver: Waiver, found: Reach) -> Json:
    return {
        "rule": waiver.rule,
        "cluster": waiver.cluster,
        "subject": waiver.subject,
        "waiver": waiver.document(),
        "matches": len(found.failures),
        "matched": [_place(outcome) for outcome in found.failures[:_NAMED]],
    }


def _place(outcome: Outcome) -> Json:
    return {"cluster": outcome.subject.cluster, "kind": outcome.subject.kind, "name": names(outcome.subject)[0]}


def _mend(rule: Rule) -> Remediation:
    if rule.id == EXPIRED.id:
        return Remediation(f"Mend what it covered, or decide anew: a later `expires` with its reason ({_SEE}).")
    return Remediation(f"Remove it from the waivers file, or correct its rule, cluster or subject ({_SEE}).")
