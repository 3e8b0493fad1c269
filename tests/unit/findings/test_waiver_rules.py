"""MGP-801 and MGP-802: what is told of waivers that ended, and of those that match nothing."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from scanner.findings.waiver_rules import EXPIRED, UNMATCHED, WAIVER_RULES, waiver_results
from scanner.model.result import Result, Status
from scanner.model.waiver import Waiver
from scanner.schemas import fault
from tests.unit.findings.waivers import ENDED, NOW, gateway, result, waiver, whole_cluster

FAILS = [result()]
PASSES = [result("pass")]
BLIND = [result("unknown", whole_cluster())]

ACTIVE = waiver(cluster="dc1")
OVER = waiver(cluster="dc1", ends=ENDED, expires="2027-01-14")
FUTURE = waiver(cluster="dc1", starts=waiver().ends)


def told(there: Waiver, results: Sequence[Result]) -> list[Result]:
    return waiver_results(WAIVER_RULES, [there], results, ["dc1"], NOW)


@pytest.mark.parametrize(
    ("there", "results", "expired", "unmatched"),
    [
        (ACTIVE, FAILS, "pass", "pass"),
        (ACTIVE, PASSES, "pass", "fail"),
        (ACTIVE, BLIND, "pass", "unknown"),
        (ACTIVE, [*FAILS, *BLIND], "pass", "pass"),
        (ACTIVE, [], "pass", "unknown"),
        (OVER, FAILS, "fail", "pass"),
        (OVER, PASSES, "pass", "fail"),
        (OVER, BLIND, "unknown", "unknown"),
        (OVER, [*FAILS, *BLIND], "fail", "pass"),
        (FUTURE, FAILS, "pass", "not_applicable"),
        (FUTURE, PASSES, "pass", "not_applicable"),
        (FUTURE, BLIND, "pass", "not_applicable"),
    ],
)
def test_the_state_and_what_is_met_decide(
    there: Waiver, results: list[Result], expired: Status, unmatched: Status
) -> None:
    assert [one.status for one in told(there, results)] == [expired, unmatched]


def test_a_failure_names_the_waiver_and_what_it_met() -> None:
    many = [result(subject=gateway(name=f"gw{number}")) for number in range(12)]

    failed, _ = told(OVER, many)

    assert failed.message == "waiver w of team ended 2027-01-14, and MGP-204 still fails where it counted (12)"
    assert failed.evidence["matches"] == 12
    assert failed.evidence["matched"][:1] == [{"cluster": "dc1", "kind": "gateway", "name": "gw0"}]
    assert len(failed.evidence["matched"]) == 10
    assert failed.remediation is not None
    assert "`expires`" in failed.remediation.text


def test_an_unmatched_one_says_what_to_do_and_an_unknown_one_what_would_settle_it() -> None:
    _, failed = told(ACTIVE, PASSES)
    _, unknown = told(ACTIVE, BLIND)

    assert failed.remediation is not None
    assert "Remove it" in failed.remediation.text
    assert unknown.needed == "A scan that sees it: MGP-204 could not be judged whole in dc1"
    assert unknown.remediation is None


@pytest.mark.parametrize(("cluster", "belongs_to"), [("dc1", "dc1"), ("dc9", ""), ("dc*", ""), ("*", "")])
def test_it_belongs_to_the_cluster_that_it_names_if_that_is_in_the_scan(cluster: str, belongs_to: str) -> None:
    subjects = {one.subject for one in told(waiver(cluster=cluster), FAILS)}

    assert [(subject.cluster, subject.kind, subject.id) for subject in subjects] == [(belongs_to, "waiver", "w")]


def test_a_rule_that_is_switched_off_says_nothing_and_a_severity_is_the_operators() -> None:
    [only] = waiver_results([replace(UNMATCHED, severity="high")], [ACTIVE], FAILS, ["dc1"], NOW)

    assert (only.rule, only.severity) == ("MGP-802", "high")


@pytest.mark.parametrize("rule", WAIVER_RULES, ids=lambda rule: rule.id)
def test_they_are_described_as_the_other_rules_are(rule: object) -> None:
    assert isinstance(rule, type(EXPIRED))
    metadata = {
        "title": rule.title,
        "description": rule.description,
        "custom": {
            "id": rule.id,
            "severity": rule.severity,
            "document": list(rule.document),
            "needs": ["access"],
            "judges": {"kind": rule.judges, "two_sided": rule.two_sided},
            "not_applicable": rule.not_applicable,
            "in_consul": rule.in_consul,
            "mend": rule.mend,
        },
    }
    assert fault(metadata, "rule") is None
    assert rule.needs == ()
