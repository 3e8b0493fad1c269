"""Asks an engine for the verdicts of a scan: all rules in one query, one by one where that fails."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.errors import EngineError, EvaluationError
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import Policy, PolicySet
from scanner.model.document import Json, canonical_bytes
from scanner.model.result import Subject, Verdict
from scanner.model.rule import Rule
from scanner.schemas import fault

_QUERY = "compliance.main.verdicts"

# An engine that gave no answer for this many rules in a row is gone: each further one would cost its whole timeout.
_LOST_IN_A_ROW = 3


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

    def file_of(self, rule: Rule) -> tuple[str, str]:
        """Return path and text of the file that holds a rule; both are empty of a rule that is none of the policies."""
        found = (policy for policy in self.policies_of([rule]) if policy.is_rule)
        return next(((policy.path, policy.text) for policy in found), ("", ""))


def verdicts(engine: Engine, rule_set: RuleSet, judged: Json) -> list[Verdict]:
    """Return one verdict per rule and subject, in canonical order.

    One bad rule is one verdict of status `error`, not a lost scan: where the query over all rules errs, takes too long,
    or ends the engine, they are asked one by one. So is an engine that is gone: an `error` for each rule, never a pass.

    Args:
        engine: where they are evaluated.
        rule_set: what is asked.
        judged: {"clusters", "derived"}, the input but for the catalogue.

    Raises:
        PolicyError: a policy does not compile.
    """
    try:
        found = _asked(engine, rule_set, rule_set.rules, judged)
    except EngineError:
        found = list(_one_by_one(engine, rule_set, judged))
    return sorted(found, key=_place)


def _place(verdict: Verdict) -> tuple[str, ...]:
    """Return where a verdict stands: there is one for a rule and a subject, so this is the same of every engine."""
    subject = verdict.subject
    name = (subject.kind, subject.id, subject.name, subject.peer or "")
    return (verdict.rule, subject.cluster, subject.partition, subject.namespace, *name, verdict.status, verdict.message)


def _one_by_one(engine: Engine, rule_set: RuleSet, judged: Json) -> Iterator[Verdict]:
    lost = 0
    for rule in rule_set.rules:
        if lost == _LOST_IN_A_ROW:
            yield _error(rule, f"not asked: the engine gave no answer for the {lost} rules before")
            continue
        try:
            yield from _asked(engine, rule_set, [rule], judged)
            lost = 0
        except EngineError as error:
            yield _error(rule, str(error))
            lost = 0 if isinstance(error, EvaluationError) else lost + 1


def _asked(engine: Engine, rule_set: RuleSet, rules: Sequence[Rule], judged: Json) -> list[Verdict]:
    asked = {"catalogue": rule_set.catalogue(rules), "only_catalogue_loaded": engine.loads_only_what_is_asked}
    answer = engine.evaluate(_QUERY, canonical_bytes(judged | asked), rule_set.policies_of(rules))
    if reason := fault(answer, "verdicts"):
        raise EvaluationError(f"the verdicts have a wrong shape: {reason}")
    return [Verdict.from_document(verdict) for verdict in answer]


def _error(rule: Rule, reason: str) -> Verdict:
    subject = Subject(cluster="", kind="rule", id=rule.id, name=rule.name)
    return Verdict(rule.id, "error", subject, rule.title, {}, remedy=None, needed=None, error=reason)
