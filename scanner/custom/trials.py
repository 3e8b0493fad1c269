"""Cases of rules, tried: each goes through `derive` and the engine, as a scan would."""

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.derive.facts import judged
from scanner.errors import ConfigError, DocumentError
from scanner.evaluate.cases import Case, unlike
from scanner.evaluate.engine import Engine
from scanner.evaluate.parameters import check_parameters, nearest
from scanner.evaluate.verdicts import RuleSet, verdicts
from scanner.model.document import Json
from scanner.model.rule import Rule


@dataclass(frozen=True)
class Outcome:
    """What became of a case: verdicts that it expects and did not get, and those that it got and does not expect."""

    case: Case
    missing: tuple[Json, ...]
    unexpected: tuple[Json, ...]

    @property
    def passed(self) -> bool:
        """Whether every verdict came, and no other."""
        return not self.missing and not self.unexpected


def tried(engine: Engine, rule_set: RuleSet, case: Case) -> Outcome:
    """Return what became of a case.

    Raises:
        DocumentError: it speaks of a rule or a parameter that does not exist.
        EngineError: the engine is not there or cannot be believed.
    """
    asked = RuleSet(tuple(_asked(rule_set, case)), rule_set.policies, {case.rule: case.parameters})
    found = verdicts(engine, asked, judged(case.snapshot))
    unexpected, missing = unlike([verdict for verdict in found if verdict.rule == case.rule], case.expected)
    return Outcome(case, tuple(missing), tuple(unexpected))


def never_shown(outcomes: Sequence[Outcome], rules: Sequence[str]) -> list[str]:
    """Return, for each rule whose cases leave out that it fails or passes, what they leave out, as a sentence."""
    shown = {(one.case.rule, expected["status"]) for one in outcomes for expected in one.case.expected}
    left = {rule: [status for status in ("fail", "pass") if (rule, status) not in shown] for rule in rules}
    return [f"no case shows {rule} {' or '.join(status)}" for rule, status in left.items() if status]


def _asked(rule_set: RuleSet, case: Case) -> list[Rule]:
    rules = {rule.id: rule for rule in rule_set.rules}
    where = f"{case.file}: case {case.name!r}"
    for rule_id in (case.rule, *case.beside):
        if rule_id not in rules:
            raise DocumentError(f"{where}: there is no rule {rule_id}", nearest(rule_id, list(rules)))
    try:
        check_parameters(rules[case.rule], case.parameters)
    except ConfigError as error:
        raise DocumentError(f"{where}: {error.message}", error.advice) from error
    return [rule for rule in rule_set.rules if rule.id in {case.rule, *case.beside}]
