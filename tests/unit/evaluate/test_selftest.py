"""An engine that answers what is known otherwise is not believed."""

from collections.abc import Sequence
from typing import Any

import pytest

from scanner.errors import EngineError, EvaluationError
from scanner.evaluate.engine import EngineName
from scanner.evaluate.policies import Policy, PolicySet
from scanner.evaluate.selftest import ANSWERS, check_engine


class FakeEngine:
    """Answers the self-test as told."""

    name: EngineName = "opa"
    version = "0.0.1"
    loads_only_what_is_asked = False

    def __init__(self, answers: Any, *, strict: bool = True) -> None:
        self.answers, self.strict = answers, strict

    def evaluate(self, query: str, document: bytes, policies: Sequence[Policy]) -> Any:
        del document, policies
        if query.endswith("answers"):
            return self.answers
        if self.strict:
            raise EvaluationError("divide by zero")
        return None

    def close(self) -> None:
        """Hold nothing."""


def test_known_answers_pass() -> None:
    check_engine(FakeEngine(ANSWERS), PolicySet(()))


@pytest.mark.parametrize(
    "answers", [ANSWERS | {"walk": []}, {k: v for k, v in ANSWERS.items() if k != "walk"}, ANSWERS | {"new": 1}]
)
def test_a_wrong_answer_is_named(answers: Any) -> None:
    with pytest.raises(EngineError, match=r"opa 0\.0\.1 gives wrong answers to the self-test: (walk|new)"):
        check_engine(FakeEngine(answers), PolicySet(()))


def test_an_engine_that_hides_errors_is_refused() -> None:
    with pytest.raises(EngineError, match="hides errors of builtins"):
        check_engine(FakeEngine(ANSWERS, strict=False), PolicySet(()))
