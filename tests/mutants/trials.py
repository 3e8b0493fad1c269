"""Whether the cases notice a mutant. The engine runs in this process: a worker for each mutant would take minutes."""

import json
import re
from collections.abc import Iterable, Iterator
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
_IMPORT = re.compile(r"^import data\.(\S+)", re.MULTILINE)
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
    """An input, and the verdicts of one rule that are expected of it; `rule` is its id, `beside` those of others."""

    rule: str
    beside: tuple[str, ...]
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


class Group:
    """The trials of the same rules, which run on an engine that knows no others: `main` evaluates whatever is there."""

    def __init__(self, rules: tuple[Policy, ...], trials: list[Trial]) -> None:
        """Take what runs together."""
        self.rules = rules
        self._trials = trials

    def holds(self, base: regorus.Engine, replaced: Policy | None = None) -> bool:
        """Tell whether each trial holds on a base engine and the rules, one of them replaced."""
        engine = base.clone()
        try:
            for rule in self.rules:
                policy = replaced if replaced and replaced.path == rule.path else rule
                engine.add_policy(policy.path, policy.text)
        except RuntimeError:
            return False
        failing = next((trial for trial in self._trials if not trial.holds(engine)), None)
        if failing:  # The next mutant is a neighbour: what noticed this one is likely to notice that.
            self._trials.remove(failing)
            self._trials.insert(0, failing)
        return failing is None


class Trials:
    """Every case of every rule, and the faults of rules that `main` notices."""

    def __init__(self, policy_set: PolicySet) -> None:
        """Make the input of each case, once."""
        self._bases = [policy for policy in policy_set.policies if not policy.is_rule]
        self._base = _engine(self._bases)
        packages = {f"compliance.rules.{rule.group}.{rule.name}": rule.id for rule in catalogue(policy_set)}
        rules = {packages[policy.package]: policy for policy in policy_set.policies if policy.package in packages}
        self._groups = list(_groups(rules | _faulty_rules(), [*_trials_of_cases(policy_set), *_trials_of_faults()]))

    def survives(self, mutant: Mutant) -> bool:
        """Tell whether nothing notices a mutant. One that does not compile is noticed."""
        replaced = Policy(mutant.path, mutant.text)
        if replaced.is_rule:
            own = [group for group in self._groups if group.rules[0].path == replaced.path]
            return all(group.holds(self._base, replaced) for group in own)
        try:
            base = _engine([replaced if policy.path == mutant.path else policy for policy in self._bases])
        except RuntimeError:
            return False
        touched = self._touched(replaced.package)
        failing = next((group for group in self._groups if touched & set(group.rules) and not group.holds(base)), None)
        if failing:
            self._groups.remove(failing)
            self._groups.insert(0, failing)
        return failing is None

    def hold(self) -> bool:
        """Tell whether the policies as they are give what is expected; else nothing is learnt from mutants."""
        return all(group.holds(self._base) for group in self._groups)

    def _touched(self, package: str) -> set[Policy]:
        """Return the rules that a library could change: those that import it, and all where `main` does."""
        changed = {package}
        while found := {base.package for base in self._bases if _imports(base) & changed} - changed:
            changed |= found
        rules = {rule for group in self._groups for rule in group.rules}
        return rules if "compliance.main" in changed else {rule for rule in rules if _imports(rule) & changed}


def _engine(policies: Iterable[Policy]) -> regorus.Engine:
    engine = regorus.Engine()
    for policy in policies:
        engine.add_policy(policy.path, policy.text)
    return engine


def _imports(policy: Policy) -> set[str]:
    return set(_IMPORT.findall(policy.text))


def _groups(rules: dict[str, Policy], trials: list[Trial]) -> Iterator[Group]:
    together: dict[tuple[str, ...], list[Trial]] = {}
    for trial in trials:
        together.setdefault((trial.rule, *trial.beside), []).append(trial)
    for ids, of_them in together.items():
        yield Group(tuple(rules[each] for each in ids), of_them)


def _faulty_rules() -> dict[str, Policy]:
    said = {name: f"{_SUBJECTS}\n{violation}\n" if violation else "" for name, (violation, _) in _FAULTY.items()}
    return {
        name: Policy(f"compliance/rules/test/{name}", f"package compliance.rules.test.{name}\n{text}")
        for name, text in said.items()
    }


def _trials_of_cases(policy_set: PolicySet) -> list[Trial]:
    rules = catalogue(policy_set)
    return [_trial(case, RuleSet(rules, policy_set, {case.rule: case.parameters})) for case in all_cases()]


def _trial(case: Case, rule_set: RuleSet) -> Trial:
    chosen = [rule for rule in rule_set.rules if rule.id in {case.rule, *case.beside}]
    document = judged(case.snapshot) | {"catalogue": rule_set.catalogue(chosen)}
    return Trial(case.rule, case.beside, json.dumps(document), case.expected)


def _trials_of_faults() -> list[Trial]:
    return [_faulty_trial(name, fault, alone=alone) for alone in (True, False) for name, (_, fault) in _FAULTY.items()]


def _faulty_trial(name: str, fault: str, *, alone: bool) -> Trial:
    read = {"collection": {section: {"status": "ok", "detail": ""} for section in ("access", "mesh")}}
    rule = {"group": "test", "name": name, "title": "t", "needs": ["mesh"], "two_sided": False, "not_applicable": "n"}
    error = {"status": "error", "kind": "rule", "id": name, "cluster": "", "message": "t", "error": fault}
    clusters = {"a": read, "b": read, "c": read}
    document = {"clusters": clusters, "catalogue": {name: rule}, "only_catalogue_loaded": alone}
    return Trial(name, (), json.dumps(document), (error,))
