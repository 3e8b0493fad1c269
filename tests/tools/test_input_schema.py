"""A rule that asks for what `input` has not is found before it runs: undefined would look like no violation."""

from pathlib import Path

import pytest

from scanner.evaluate.policies import shipped_policies
from tests.tools.gate import need_tools
from tests.tools.input_schema import names_are_known

RULE = "package p\n\nx contains {} if some a in {}\n"


@pytest.mark.integration
@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("input.derived.pairs", True),
        ("input.derived.pears", False),
        ("{pair.peer | some pair in input.derived.pairs; pair.peer == null}", True),
        ("{pair.pear | some pair in input.derived.pairs}", False),
        ("input.clusterz", False),
    ],
)
def test_a_name_that_input_has_not_is_found(asked: str, known: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a case
    need_tools("opa-1.22.2")
    (tmp_path / "p.rego").write_text(RULE.format("a", asked))

    assert names_are_known(tmp_path) is known


@pytest.mark.integration
def test_our_rules_ask_for_what_input_has() -> None:
    need_tools("opa-1.22.2")

    assert names_are_known(shipped_policies())
