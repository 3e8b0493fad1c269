"""An engine that dies or falls silent in the middle makes errors of what it touched, never a pass and no lost scan."""

import os
import signal
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from scanner.errors import EngineError, EngineTimeoutError, EvaluationError
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.embedded import EmbeddedEngine
from scanner.evaluate.engine import EngineName
from scanner.evaluate.policies import Policy, PolicySet
from scanner.evaluate.verdicts import RuleSet, verdicts
from tests.unit.evaluate.test_embedded import ENDLESS, process_of
from tests.unit.evaluate.test_verdicts import JUDGED, SUBJECT, VIOLATION, errors, judged_beside

GREEDY = "count(numbers.range(1, 20000000)) == 1"
MEMORY = 256 << 20


class Gone:
    """An engine that is asked, and answers nothing but this error."""

    name: EngineName = "opa"
    version = "1.22.2"
    loads_only_what_is_asked = False

    def __init__(self, error: EngineError) -> None:
        self.error, self.asked = error, 0

    def evaluate(self, query: str, document: bytes, policies: Sequence[Policy]) -> Any:
        del query, document, policies
        self.asked += 1
        raise self.error

    def close(self) -> None:
        """Hold nothing."""


class Killed(EmbeddedEngine):
    """The real one, whose worker is killed in the middle of its first question."""

    killer: threading.Timer | None = None

    def evaluate(self, query: str, document: bytes, policies: Sequence[Policy]) -> Any:
        if self.killer is None:
            self.killer = threading.Timer(0.3, os.kill, (process_of(self).pid, signal.SIGKILL))
            self.killer.start()
            query, document, policies = "a.x", b"{}", ENDLESS
        return super().evaluate(query, document, policies)


def rule_set(policies: PolicySet) -> RuleSet:
    return RuleSet(catalogue(policies), policies)


def test_a_rule_that_eats_memory_is_one_error(policy_set: PolicySet) -> None:
    with EmbeddedEngine(memory_bytes=MEMORY) as engine:
        found = judged_beside(policy_set, engine, SUBJECT + VIOLATION.replace("false", GREEDY))

    assert [verdict.status for verdict in found if verdict.rule == "MGP-701"] == ["pass"]
    assert "The embedded engine died (" in errors(found)["TST-001"]
    assert "more than 256 MiB" in errors(found)["TST-001"]


def test_a_worker_killed_in_the_middle_costs_no_verdict(policy_set: PolicySet) -> None:
    with Killed() as engine:
        found = judged_beside(policy_set, engine, SUBJECT + VIOLATION)

    assert {verdict.rule: verdict.status for verdict in found} == {"MGP-701": "pass", "TST-001": "pass"}


@pytest.mark.parametrize(
    ("error", "asked"),
    [
        (EngineError("gone", "Is it running?"), 4),
        (EngineTimeoutError("silent"), 4),
        (EvaluationError("erred"), None),
    ],
)
def test_an_engine_that_is_gone_is_not_asked_for_every_rule(
    policy_set: PolicySet, error: EngineError, asked: int | None
) -> None:
    engine, rules = Gone(error), rule_set(policy_set)

    found = verdicts(engine, rules, JUDGED)

    assert len(found) == len(rules.rules) > 10
    assert {verdict.status for verdict in found} == {"error"}
    assert engine.asked == (asked or len(rules.rules) + 1)
    assert sum(str(error) == text for text in errors(found).values()) == engine.asked - 1
