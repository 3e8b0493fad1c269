"""Known answers at each start: a wheel or a server that changed one is not believed (engines.md 7.4)."""

from scanner.errors import EngineError, EvaluationError, PolicyError
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.model.document import Json, canonical_bytes

_PACKAGE = "compliance.selftest"
_INPUT: Json = {"zero": 0, "clusters": {}}

ANSWERS: Json = {
    "walk": [1, 2],
    "semver": [1, 0],
    "sprintf": 'a 7 [1, "b"] "c\\"d"',
    "set_order": ["B", "a", "b", "é"],
    "union": {"a": {"b": 3, "c": 2}},
    "undefined_is_no_collection": [],
    "missing_is_not_false": "undefined",
    "every": "true",
    "floor": 45,
    "large_integers": 678901234,
    "object_keys": ["b", {"b": 2}],
    "regex": [True, False],
}


def check_engine(engine: Engine, policy_set: PolicySet) -> None:
    """Ask an engine what is known, with every policy loaded.

    Raises:
        PolicyError: one of them does not compile.
        EngineError: an answer is wrong, or a builtin error went unnoticed.
    """
    policies = policy_set.policies
    document = canonical_bytes(_INPUT)
    try:
        answers = engine.evaluate(f"{_PACKAGE}.answers", document, policies)
    except EvaluationError as error:
        # The self-test itself is sound: regorus notices an unsafe variable of any policy only when it evaluates.
        raise PolicyError(f"A policy does not compile:\n{error.message.partition(': ')[2]}") from error
    wrong = sorted(name for name in ANSWERS | answers if answers.get(name) != ANSWERS.get(name))
    if wrong:
        raise EngineError(
            f"The engine {engine.name} {engine.version} gives wrong answers to the self-test: {', '.join(wrong)}",
            "Use the version of it that consul-scan pins.",
        )
    try:
        engine.evaluate(f"{_PACKAGE}.strict", document, policies)
    except EvaluationError:
        return
    raise EngineError(f"The engine {engine.name} {engine.version} hides errors of builtins", "Use another one.")
