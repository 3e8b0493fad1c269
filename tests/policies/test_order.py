"""Order is history: a path that is proven now silences it, and nothing less does."""

import pytest

from scanner.derive.facts import judged
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.evaluate.verdicts import RuleSet, verdicts
from tests.policies.cases import base_snapshot, changed

LATE = [{"set": f"/clusters/{name}/mesh/CreateIndex", "to": 5000} for name in ("dc1", "dc2")]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ({}, "fail"),
        ({"verdict": "unknown"}, "fail"),
        ({"verdict": "bypassed"}, "fail"),
        ({"verdict": "proven"}, "pass"),
    ],
)
def test_an_entry_that_came_late_is_told_until_the_path_is_proven(
    path: dict[str, str], status: str, engine: Engine, policy_set: PolicySet
) -> None:
    rules = tuple(rule for rule in catalogue(policy_set) if rule.id in {"MGP-401", "MGP-402"})
    document = judged(changed(base_snapshot("healthy-pair"), LATE))
    (pair,) = document["derived"]["pairs"]
    document["derived"]["path"] = {pair["cluster"]: {pair["id"]: path}}

    found = verdicts(engine, RuleSet(rules, policy_set), document)

    told = {(one.rule, one.subject.cluster): one.status for one in found if one.subject.kind == "peering"}
    assert told == {("MGP-401", "dc1"): status, ("MGP-402", "dc2"): status}
