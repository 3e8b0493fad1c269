"""A page shows what METADATA says, even where that looks like markup."""

from dataclasses import replace

import pytest

from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.policies import PolicySet
from scanner.model.rule import Rule
from scanner.model.statements import STATEMENTS
from scanner.publish.rule_pages import pages


@pytest.fixture
def rules(policy_set: PolicySet) -> tuple[Rule, ...]:
    return catalogue(policy_set)


def test_markup_is_shown_and_code_stays_code(rules: tuple[Rule, ...]) -> None:
    odd = replace(rules[0], title="a|b <i> *c* `d_|e`")

    made = pages([odd, *rules[1:]], STATEMENTS)

    assert r"a\|b \<i\> \*c\* `d_|e`" in made[f"{odd.id}.md"]


def test_a_statement_without_a_rule_says_so(rules: tuple[Rule, ...]) -> None:
    alone = replace(rules[0], document=("D01",), follows_from=())

    index = pages([alone], STATEMENTS)["README.md"].splitlines()

    assert [line for line in index if f"]({alone.id}.md) |" in line and "| D01 |" in line]
    assert sum(line.endswith("| none yet |") for line in index) == len(STATEMENTS) - 1
