"""No rule passes by blindness: where something could not be read, what fails is told to fail, or not to be known."""

import pytest

from scanner.derive.facts import judged
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.evaluate.verdicts import RuleSet, verdicts
from scanner.model.document import Json
from scanner.model.result import Verdict
from scanner.pipeline import checked_snapshot
from tests.conformance.blinded import UNREAD, Place, blinded, places, several
from tests.policies.cases import base_snapshot
from tests.scanning import PARAMETERS

RECORDED = ("healthy-pair", "broken-pair")
SEVERAL = 60

pytestmark = pytest.mark.integration


def hidden_places(snapshot: Json) -> list[list[Place]]:
    """Give each place alone, and some groups of them."""
    return [*([place] for place in places(snapshot)), *(several(snapshot, seed) for seed in range(SEVERAL))]


def named(verdict: Verdict) -> tuple[str, str, str, str]:
    return (verdict.rule, verdict.subject.cluster, verdict.subject.kind, verdict.subject.id)


@pytest.mark.parametrize("status", UNREAD)
@pytest.mark.parametrize("recorded", RECORDED)
def test_what_is_hidden_makes_nothing_pass_that_fails(
    recorded: str, status: str, embedded: Engine, opa: Engine, policy_set: PolicySet
) -> None:
    rule_set = RuleSet(catalogue(policy_set), policy_set, PARAMETERS if recorded == "healthy-pair" else {})
    snapshot = base_snapshot(recorded)
    failing = {named(one) for one in verdicts(embedded, rule_set, judged(snapshot)) if one.status == "fail"}
    assert bool(failing) == (recorded == "broken-pair")

    for hidden in hidden_places(snapshot):
        document = judged(checked_snapshot(blinded(snapshot, hidden, status), "a blinded snapshot"))
        ours, theirs = (verdicts(engine, rule_set, document) for engine in (embedded, opa))
        assert ours == theirs, hidden
        assert {named(one) for one in ours if one.status == "pass"} & failing == set(), hidden
        assert not any(one.status == "error" for one in ours), hidden
