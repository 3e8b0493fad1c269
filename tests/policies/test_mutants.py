"""The cases notice each small way to break a policy, but for those that are explained (tests/mutants)."""

from dataclasses import replace

import pytest

from scanner.evaluate.policies import Policy, PolicySet
from tests.mutants.operators import mutants
from tests.mutants.survivors import explained, mutated, survivors
from tests.mutants.trials import Trials

REGO = """package compliance.rules.a.b

# not a == 1
_limit := "1.2.3"

violation contains {"subject": x, "message": sprintf("a < %s", ["b"])} if {
\tsome x in input.x
\tnot x.gone
\tx.age > 45; x.state in {"A", "B"}
\tx.text != "{ | }"
}

_old(x) if x.old

_all contains {y |
\tsome y in x
\tevery z in y {
\t\tz == true
\t}
} if some x in input.x
"""


@pytest.fixture(scope="session")
def survived(policy_set: PolicySet) -> set[tuple[str, str]]:
    return {(mutant.path, mutant.name) for mutant in survivors(policy_set)}


def test_the_cases_notice_every_mutant_but_the_explained(survived: set[tuple[str, str]]) -> None:
    """Add a case that notices it (`make mutants` prints them), or say in equivalents.yaml why none can."""
    assert sorted(survived - explained().keys()) == []


def test_whatever_is_explained_survives(survived: set[tuple[str, str]]) -> None:
    """Take the entry out of equivalents.yaml: its mutant is noticed now, or its line is gone."""
    assert sorted(explained().keys() - survived) == []


def test_each_policy_has_mutants(policy_set: PolicySet) -> None:
    assert [policy.path for policy in mutated(policy_set) if not list(mutants(policy))] == []


def test_a_policy_is_broken_in_each_small_way() -> None:
    names = {mutant.name for mutant in mutants(Policy("p", REGO))}

    assert names == {
        "violation: not x.gone -> true",
        "violation: not x.gone -> x.gone",
        'violation: x.age > 45; x.state in {"A", "B"} -> true; x.state in {"A", "B"}',
        'violation: x.age > 45; x.state in {"A", "B"} -> x.age > 45; true',
        'violation: x.age > 45; x.state in {"A", "B"} -> x.age > 45; not x.state in {"A", "B"}',
        'violation: x.age > 45; x.state in {"A", "B"} -> x.age >= 45; x.state in {"A", "B"}',
        'violation: x.age > 45; x.state in {"A", "B"} -> x.age <= 45; x.state in {"A", "B"}',
        'violation: x.age > 45; x.state in {"A", "B"} -> x.age > 90; x.state in {"A", "B"}',
        'violation: x.age > 45; x.state in {"A", "B"} -> x.age > 45; x.state in set()',
        'violation: x.age > 45; x.state in {"A", "B"} -> x.age > 45; x.state in {"A otherwise", "B"}',
        'violation: x.age > 45; x.state in {"A", "B"} -> x.age > 45; x.state in {"A", "B otherwise"}',
        'violation: x.text != "{ | }" -> true',
        'violation: x.text != "{ | }" -> x.text == "{ | }"',
        'violation: x.text != "{ | }" -> x.text != "{ | } otherwise"',
        "_old: _old(x) if x.old -> _old(x) if true",
        "_old: _old(x) if x.old -> _old(x) if not x.old",
        "_all: z == true -> true",
        "_all: z == true -> z != true",
        "_all: z == true -> z == false",
        '_limit: _limit := "1.2.3" -> _limit := "1.2.3 otherwise"',
    }


def test_a_policy_that_says_otherwise_or_does_not_compile_is_noticed(policy_set: PolicySet) -> None:
    trials = Trials(policy_set)
    original = next(policy for policy in policy_set.policies if policy.path.endswith("mesh_entry.rego"))
    harmless, *_ = mutants(original)

    assert trials.survives(replace(harmless, text=original.text))
    assert not trials.survives(
        replace(harmless, text=original.text.replace("not clusters.entry_on", "clusters.entry_on"))
    )
    assert not trials.survives(replace(harmless, text=original.text + "x := {\n"))
