"""The mutants that no case notices, and the list of those that are known to judge as the original does."""

from pathlib import Path

import yaml

from scanner.evaluate.policies import Policy, PolicySet
from tests.mutants.operators import Mutant, mutants
from tests.mutants.trials import Trials

EQUIVALENTS = Path(__file__).with_name("equivalents.yaml")


def mutated(policy_set: PolicySet) -> list[Policy]:
    """Return the policies that are broken: rules, libraries, `main`; the self-test has its own answers."""
    return [policy for policy in policy_set.policies if policy.package != "compliance.selftest"]


def survivors(policy_set: PolicySet) -> list[Mutant]:
    """Return every mutant that no case notices."""
    trials = Trials(policy_set)
    if not trials.hold():
        raise AssertionError("The cases do not hold for the policies as they are; run tests/policies first.")
    return [mutant for policy in mutated(policy_set) for mutant in mutants(policy) if trials.survives(mutant)]


def explained() -> dict[tuple[str, str], str]:
    """Return why a mutant is equivalent, by its path and name (equivalents.yaml)."""
    entries = yaml.safe_load(EQUIVALENTS.read_text(encoding="utf-8")) or []
    return {(entry["file"], entry["mutant"]): entry["reason"] for entry in entries}
