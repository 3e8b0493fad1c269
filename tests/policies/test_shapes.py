"""No rule cries wolf on a healthy cluster, whatever runs it, and none passes it for want of something to judge."""

from functools import partial

import pytest

from scanner.derive.facts import derived, judged
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.evaluate.verdicts import RuleSet, verdicts
from scanner.model.document import Json
from scanner.model.result import Verdict
from scanner.schemas import fault
from tests.policies.shapes import Shape, all_shapes, plain_pair

shaped = partial(pytest.mark.parametrize, "shape", all_shapes(), ids=lambda shape: shape.name)


def told(snapshot: Json, parameters: Json, engine: Engine, policies: PolicySet) -> list[Verdict]:
    """Return what all rules say of a snapshot."""
    return verdicts(engine, RuleSet(catalogue(policies), policies, parameters), judged(snapshot))


def rules(found: list[Verdict], status: str) -> set[str]:
    return {verdict.rule for verdict in found if verdict.status == status}


def complaints(found: list[Verdict]) -> list[str]:
    return [
        f"{verdict.rule} {verdict.subject.cluster} {verdict.subject.name}: {verdict.error or verdict.message}"
        for verdict in found
        if verdict.status in {"fail", "error"}
    ]


@shaped()
def test_a_healthy_shape_has_no_finding(shape: Shape, engine: Engine, policy_set: PolicySet) -> None:
    found = told(shape.snapshot, shape.parameters, engine, policy_set)

    assert complaints(found) == []
    assert {one.rule: one.needed for one in found if one.status == "unknown" and one.rule not in shape.unknown} == {}
    assert rules(found, "unknown") == shape.unknown.keys()
    assert shape.passes - rules(found, "pass") == set()


def test_the_plain_pair_passes_whole(engine: Engine, policy_set: PolicySet) -> None:
    found = told(plain_pair(), {}, engine, policy_set)

    assert (complaints(found), rules(found, "unknown")) == ([], set())


@shaped()
def test_the_snapshot_of_a_shape_is_one(shape: Shape) -> None:
    assert fault(shape.snapshot, "snapshot") is None
    assert fault(derived(shape.snapshot), "derived") is None


@shaped()
def test_a_shape_says_where_it_comes_from_and_why_what_is_unknown(shape: Shape) -> None:
    assert all([shape.source, shape.passes, *shape.unknown.values()])
