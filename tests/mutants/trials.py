"""Whether the cases notice a mutant. The engine runs in this process: a worker for each mutant would take minutes."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regorus

from scanner.derive.facts import judged
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.policies import Policy, PolicySet
from scanner.evaluate.verdicts import RuleSet
from scanner.model.document import Json
from scanner.model.result import Verdict
from tests.mutants.operators import Mutant
from tests.policies.cases import Case, all_cases, unlike

_QUERY = "data.compliance.main.verdicts"
_SUBJECTS = """
_of(cluster) := {
	"cluster": cluster, "kind": "cluster", "id": cluster, "name": cluster,
	"partition": "", "namespace": "", "peer": null,
}

subject contains _of("a")
"""
# Rules at fault in each way that `main` notices: what such a rule says, and what is said of it.
_FAULTY = {
    "twice": (
        'violation contains {"subject": _of("a"), "message": m} if some m in ["b", "c"]',
        "the rule gives more than one answer for a subject",
    ),
    "stray": (
        'violation contains {"subject": _of("b"), "message": "m"}',
        "the rule judges what is none of its subjects",
    ),
    "absent": ("", "the rule is not loaded, or says nothing about its subjects"),
}


@dataclass(frozen=True)
class Trial:
    """An input, and the verdicts of one rule that are expected of it; `rule` is its id."""

    rule: str
    document: str
    expected: tuple[Json, ...]

    def holds(self, engine: regorus.Engine) -> bool:
        """Tell whether an engine gives just those verdicts; one that errs does not."""
        engine.set_input_json(self.document)
        try:
            answer = json.loads(engine.eval_query_as_json(_QUERY))["result"][0]["expressions"][0]["value"]
        except RuntimeError:
            return False
        found = [Verdict.from_document(verdict) for verdict in answer if verdict["rule"] == self.rule]
        return unlike(found, self.expected) == ([], [])


class Trials:
    """Every case of every rule, and the faults of rules that `main` notices."""

    def __init__(self, policy_set: PolicySet) -> None:
        """Make the input of each case, once."""
        self._policies = policy_set.policies
        self._ids = {f"compliance.rules.{rule.group}.{rule.name}": rule.id for rule in catalogue(policy_set)}
        self._trials = [*_trials_of_cases(policy_set), *_trials_of_faults()]

    def survives(self, mutant: Mutant) -> bool:
        """Tell whether nothing notices a mutant. One that does not compile is noticed."""
        replaced = Policy(mutant.path, mutant.text)
        rule = self._ids.get(replaced.package)
        policies = [replaced if policy.path == mutant.path else policy for policy in self._policies]
        if rule is None:
            return _all_hold(policies, self._trials)
        libraries = [policy for policy in policies if not policy.is_rule]
        return _all_hold([*libraries, replaced], [trial for trial in self._trials if trial.rule == rule])

    def hold(self) -> bool:
        """Tell whether the policies as they are give what is expected; else nothing is learnt from mutants."""
        return _all_hold(self._policies, self._trials)


def _all_hold(policies: Iterable[Policy], trials: Sequence[Trial]) -> bool:
    engine = regorus.Engine()
    try:
        for policy in policies:
            engine.add_policy(policy.path, policy.text)
        for name, (violation, _) in _FAULTY.items():
            if violation:
                engine.add_policy(name, f"package compliance.rules.test.{name}\n{_SUBJECTS}\n{violation}\n")
    except RuntimeError:
        return False
    return all(trial.holds(engine) for trial in trials)


def _trials_of_cases(policy_set: PolicySet) -> list[Trial]:
    rules = catalogue(policy_set)
    return [_trial(case, RuleSet(rules, policy_set, {case.rule: case.parameters})) for case in all_cases()]


def _trial(case: Case, rule_set: RuleSet) -> Trial:
    chosen = [rule for rule in rule_set.rules if rule.id in {case.rule, *case.beside}]
    document = judged(case.snapshot) | {"catalogue": rule_set.catalogue(chosen)}
    return Trial(case.rule, json.dumps(document), case.expected)


def _trials_of_faults() -> list[Trial]:
    return [_faulty_trial(name, fault) for name, (_, fault) in _FAULTY.items()]


def _faulty_trial(name: str, fault: str) -> Trial:
    read = {"collection": {section: {"status": "ok", "detail": ""} for section in ("access", "mesh")}}
    rule = {"group": "test", "name": name, "title": "t", "needs": ["mesh"], "two_sided": False, "not_applicable": "n"}
    error = {"status": "error", "kind": "rule", "id": name, "cluster": "", "message": "t", "error": fault}
    document = {"clusters": {"a": read, "b": read, "c": read}, "catalogue": {name: rule}}
    return Trial(name, json.dumps(document), (error,))
