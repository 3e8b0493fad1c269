"""Each rule against its cases, through `derive`, on every engine."""

import pytest

from scanner.derive.facts import derived, judged
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.evaluate.verdicts import RuleSet, verdicts
from scanner.model.document import sha256
from scanner.schemas import fault
from tests.policies.cases import Case, all_cases, unlike

CASES = all_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.name}")
def test_a_case_gives_exactly_the_expected_verdicts(case: Case, engine: Engine, policy_set: PolicySet) -> None:
    rules = tuple(rule for rule in catalogue(policy_set) if rule.id in {case.rule, *case.beside})
    rule_set = RuleSet(rules, policy_set, {case.rule: case.parameters})

    found = verdicts(engine, rule_set, judged(case.snapshot))

    assert unlike([verdict for verdict in found if verdict.rule == case.rule], case.expected) == ([], [])


def test_every_rule_has_cases_that_fail_and_that_pass(policy_set: PolicySet) -> None:
    seen = {(case.rule, expected["status"]) for case in CASES for expected in case.expected}

    wanted = {(rule.id, status) for rule in catalogue(policy_set) for status in ("fail", "pass", "unknown")}

    assert wanted - seen == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.name}")
def test_the_snapshot_of_a_case_is_one(case: Case) -> None:
    assert fault(case.snapshot, "snapshot") is None
    assert fault(derived(case.snapshot), "derived") is None


@pytest.mark.integration
def test_both_engines_give_the_same_hash(embedded: Engine, opa: Engine, policy_set: PolicySet) -> None:
    rule_set = RuleSet(catalogue(policy_set), policy_set)
    hashes = [
        [
            sha256([verdict.document() for verdict in verdicts(engine, rule_set, judged(case.snapshot))])
            for case in CASES
        ]
        for engine in (embedded, opa)
    ]

    assert len(hashes[0]) > 10
    assert hashes[0] == hashes[1]
