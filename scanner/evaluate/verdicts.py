"""Asks an engine for the verdicts of a scan: all rules in one query, one by one where that fails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.errors import EngineTimeoutError, EvaluationError
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import Policy, PolicySet
from scanner.model.document import Json, canonical_bytes
from scanner.model.result import Subject, Verdict
from scanner.model.rule import Rule
from scanner.schemas import fault

_QUERY = "compliance.main.verdicts"


@dataclass(frozen=True)
class RuleSet:
    """The rules of a scan, with the policies that hold them.

    `parameters` are the operators' own values, by rule id and name.
    """

    rules: tuple[Rule, ...]
    policies: PolicySet
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def catalogue(self, rules: Sequence[Rule]) -> Json:
        """Return `input.catalogue` for some of the rules."""
        return {
            rule.id: {
                "group": rule.group,
                "name": rule.name,
                "title": rule.title,
                "needs": list(rule.needs),
                "two_sided": rule.two_sided,
                "not_applicable": rule.not_applicable,
                "parameters": rule.defaults() | dict(self.parameters.get(rule.id, {})),
            }
            for rule in rules
        }

    def policies_of(self, rules: Sequence[Rule]) -> list[Policy]:
        """Return the libraries and the files of these rules: one that is not asked for cannot do harm."""
        packages = {f"compliance.rules.{rule.group}.{rule.name}" for rule in rules}
        return [policy for policy in self.policies.policies if not policy.is_rule or policy.package in packages]


def verdicts(engine: Engine, rule_set: RuleSet, judged: Json) -> list[Verdict]:
    """Return one verdict per rule and subject, in canonical order.

    One bad rule is one verdict of status `error`, not a lost scan: where the query over all rules errs or takes too
    long, they are asked one by one.

    Args:
        engine: where they are evaluated.
        rule_set: what is asked.
        judged: {"clusters", "derived"}, the input but for the catalogue.

    Raises:
        EngineError: the engine itself is not there or cannot be believed.
    """
    try:
        found = _asked(engine, rule_set, rule_set.rules, judged)
    except (EvaluationError, EngineTimeoutError):
        found = [verdict for rule in rule_set.rules for verdict in _asked_alone(engine, rule_set, rule, judged)]
    return sorted(found, key=lambda verdict: canonical_bytes(verdict.document()))


def _asked(engine: Engine, rule_set: RuleSet, rules: Sequence[Rule], judged: Json) -> list[Verdict]:
    document = canonical_bytes(judged | {"catalogue": rule_set.catalogue(rules)})
    answer = engine.evaluate(_QUERY, document, rule_set.policies_of(rules))
    if reason := fault(answer, "verdicts"):
        raise EvaluationError(f"the verdicts have a wrong shape: {reason}")
    return [Verdict.from_document(verdict) for verdict in answer]


def _asked_alone(engine: Engine, rule_set: RuleSet, rule: Rule, judged: Json) -> list[Verdict]:
    try:
        return _asked(engine, rule_set, [rule], judged)
    except (EvaluationError, EngineTimeoutError) as error:
        subject = Subject(cluster="", kind="rule", id=rule.id, name=rule.name)
        return [Verdict(rule.id, "error", subject, rule.title, {}, remedy=None, needed=None, error=error.message)]
