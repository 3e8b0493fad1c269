"""Statements and rules, both ways: no statement without a rule, no rule of a statement that does not exist."""

from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.policies import PolicySet
from scanner.model.rule import Rule
from scanner.model.statements import STATEMENTS

# Statements whose rules a later issue brings, by that issue. It has to be empty in the end; an entry whose rule is
# there has to go.
TO_COME = {
    "D20": "lint (MGP-9xx), later: written forms of the entry",
}


def encoded(rules: tuple[Rule, ...]) -> set[str]:
    """Return the statements that rules name; a catalogue that names none would make every check here idle."""
    found = {statement for rule in rules for statement in rule.document}
    assert found
    return found


def test_the_statements_are_d00_to_d21() -> None:
    assert list(STATEMENTS) == [f"D{number:02}" for number in range(22)]


def test_each_statement_has_its_rules_or_an_issue_that_brings_them(policy_set: PolicySet) -> None:
    assert STATEMENTS.keys() - encoded(catalogue(policy_set)) - TO_COME.keys() == set()


def test_no_statement_is_awaited_that_has_its_rule_or_does_not_exist(policy_set: PolicySet) -> None:
    assert TO_COME.keys() & encoded(catalogue(policy_set)) == set()
    assert TO_COME.keys() - STATEMENTS.keys() == set()


def test_each_rule_names_statements_that_exist(policy_set: PolicySet) -> None:
    assert encoded(catalogue(policy_set)) - STATEMENTS.keys() == set()
