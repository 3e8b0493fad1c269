"""All rules in one query; one by one where that errs, so that a bad rule is one error and not a lost scan."""

import pytest

from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.embedded import EmbeddedEngine
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import Policy, PolicySet
from scanner.evaluate.verdicts import RuleSet, verdicts
from scanner.model.result import Verdict

METADATA = """# METADATA
# title: A rule of the test
# description: A rule of the test.
# custom:
#   id: TST-001
#   severity: low
#   document: []
#   needs: [access]
#   judges: {kind: cluster, two_sided: false}
#   not_applicable: nothing to judge
#   in_consul: nothing
#   mend: text
package compliance.rules.test.bad

import data.compliance.lib.subjects

"""

SUBJECT = "subject contains s if {\n\tsome name, _ in input.clusters\n\ts := subjects.of_cluster(name)\n}\n\n"
VIOLATION = 'violation contains {"subject": s, "message": "m"} if {\n\tsome s in subject\n\tfalse\n}\n'
JUDGED = {"clusters": {"a": {"collection": {"access": {"status": "ok"}}}}, "derived": {}}


def judged_beside(policy_set: PolicySet, engine: Engine, body: str, *asked: str) -> list[Verdict]:
    """Return what MGP-701 and a rule with this body say, or those rules of both that are named."""
    policies = PolicySet((*policy_set.policies, Policy("bad.rego", METADATA + body)))
    rules = tuple(rule for rule in catalogue(policies) if rule.id in (asked or {"MGP-701", "TST-001"}))
    judged = JUDGED | {"clusters": {"a": {**JUDGED["clusters"]["a"], "access": {"acl_write": False}}}}
    return verdicts(engine, RuleSet(rules, policies), judged)


def errors(found: list[Verdict]) -> dict[str, str]:
    return {verdict.rule: verdict.error or "" for verdict in found if verdict.status == "error"}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (SUBJECT + VIOLATION, ""),
        (SUBJECT + VIOLATION.replace("false", "1 / 0 > 1"), "divide by zero"),
        (SUBJECT + VIOLATION.replace("false", "undefined_function(1)"), "undefined_function"),
        (SUBJECT + VIOLATION.replace('"message": "m"', '"message": 1').replace("\tfalse\n", ""), "wrong shape"),
        (SUBJECT + VIOLATION.replace(', "message": "m"', "").replace("\tfalse\n", ""), "wrong shape"),
        (
            SUBJECT + VIOLATION.replace('"m"', "m").replace("false", 'some m in ["a", "b"]'),
            "the rule gives more than one answer for a subject",
        ),
        (
            SUBJECT + 'violation contains {"subject": subjects.of_cluster("b"), "message": "m"} if input.clusters\n',
            "the rule judges what is none of its subjects",
        ),
    ],
)
def test_a_bad_rule_is_one_error_and_the_other_rule_is_judged(
    policy_set: PolicySet, embedded: Engine, body: str, error: str
) -> None:
    found = judged_beside(policy_set, embedded, body)

    assert [verdict.status for verdict in found if verdict.rule == "MGP-701"] == ["pass"]
    assert error in errors(found).get("TST-001", "")
    assert [verdict.status for verdict in found if verdict.rule == "TST-001"] == (["error"] if error else ["pass"])


def test_a_rule_that_never_ends_is_named(policy_set: PolicySet) -> None:
    endless = "count([1 | some i in numbers.range(1, 100000); some j in numbers.range(1, 100000); i == j + 200000]) > 0"
    with EmbeddedEngine(timeout_seconds=1.0) as engine:
        found = judged_beside(policy_set, engine, SUBJECT + VIOLATION.replace("false", endless))

    assert errors(found) == {"TST-001": "compliance.main.verdicts took longer than 1 s and was cut off"}
    assert [verdict.status for verdict in found if verdict.rule == "MGP-701"] == ["pass"]
