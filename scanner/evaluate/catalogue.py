"""The rule catalogue, read from the METADATA of the policies."""

import re
from collections import Counter
from typing import Any

import yaml

from scanner.errors import PolicyError
from scanner.evaluate.parameters import of_type
from scanner.evaluate.policies import RULES_PACKAGE, Policy, PolicySet
from scanner.model.document import Json
from scanner.model.rule import Parameter, Rule
from scanner.model.statements import STATEMENTS
from scanner.schemas import fault

RESERVED_PREFIX = "MGP-"
"""Ids of ours begin so; one that is free now may be taken by the next version."""

_METADATA = re.compile(r"\A# METADATA\n((?:#.*\n)+)package ")
_SAYS = {name: re.compile(rf"^{name} contains ", re.MULTILINE) for name in ("subject", "violation")}

# The C loader is ten times faster and missing only where PyYAML was built without libyaml.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def catalogue(policy_set: PolicySet) -> tuple[Rule, ...]:
    """Return every rule of a policy set, by id.

    Raises:
        PolicyError: no rule at all, METADATA that is missing or not of `schemas/rule.json`, an id used twice, a cause
            or a statement that does not exist, or a rule that never says what it judges or what violates it.
    """
    rules = tuple(sorted((read_rule(p) for p in policy_set.policies if p.is_rule), key=lambda rule: rule.id))
    if not rules:
        raise PolicyError("The policies hold no rule", "Rules live in packages compliance.rules.<group>.<name>.")
    _check_ids(rules)
    return rules


def _check_ids(rules: tuple[Rule, ...]) -> None:
    ids = Counter(rule.id for rule in rules)
    packages = Counter((rule.group, rule.name) for rule in rules)
    for rule in rules:
        if ids[rule.id] > 1:
            raise PolicyError(f"Rule id {rule.id} is used {ids[rule.id]} times", "An id is never shared nor reused.")
        if packages[rule.group, rule.name] > 1:
            raise PolicyError(f"Rule {rule.id} shares its package with another rule", "One rule, one package.")
        if unknown := sorted(set(rule.follows_from) - ids.keys()):
            raise PolicyError(f"Rule {rule.id} follows from {', '.join(unknown)}, which is no rule")
        if unknown := sorted(set(rule.document) - STATEMENTS.keys()):
            raise PolicyError(f"Rule {rule.id} encodes {', '.join(unknown)}, which is no statement of the document")


def read_rule(policy: Policy) -> Rule:
    """Return the rule that a file holds.

    Raises:
        PolicyError: its package is no rule's, it never says what it judges or what violates it, its METADATA is missing
            or not of `schemas/rule.json`, its id is reserved, or a parameter's default is not of its type.
    """
    if policy.package.count(".") != RULES_PACKAGE.count(".") + 1:
        raise PolicyError(f"{policy.path}: {policy.package} is no package of a rule", "compliance.rules.<group>.<name>")
    document = _metadata(policy)
    for name, says in _SAYS.items():
        if not says.search(policy.text):
            raise PolicyError(f"{policy.path}: the rule has no set `{name}`", f"Add `{name} contains ... if ...`.")
    if reason := fault(document, "rule"):
        raise PolicyError(f"{policy.path}: METADATA: {reason}")
    rule = _from_metadata(policy, document)
    if policy.custom and rule.id.startswith(RESERVED_PREFIX):
        told = f"METADATA: $.custom.id: {rule.id} is an id of consul-scan's own rules"
        raise PolicyError(f"{policy.path}: {told}", "Take letters of your own, as in ACME-001.")
    for parameter in rule.parameters:
        if not of_type(parameter.default, parameter.type):
            told = f"the default of parameter {parameter.name} is {parameter.default!r}"
            raise PolicyError(f"{policy.path}: METADATA: {told}", f"It has to be of type {parameter.type}.")
    return rule


def _metadata(policy: Policy) -> Any:
    found = _METADATA.search(policy.text)
    if found is None:
        raise PolicyError(f"{policy.path}: no METADATA above its package", "A rule starts with a `# METADATA` comment.")
    try:
        return yaml.load(re.sub(r"^# ?", "", found[1], flags=re.MULTILINE), Loader=_LOADER)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise PolicyError(f"{policy.path}: METADATA is not YAML: {error}") from error


def _from_metadata(policy: Policy, document: Json) -> Rule:
    custom = document["custom"]
    *_, group, name = policy.package.split(".")
    return Rule(
        id=custom["id"],
        group=group,
        name=name,
        title=document["title"],
        description=document["description"],
        severity=custom["severity"],
        document=tuple(custom["document"]),
        needs=tuple(custom["needs"]),
        judges=custom["judges"]["kind"],
        two_sided=custom["judges"]["two_sided"],
        not_applicable=custom["not_applicable"],
        in_consul=custom["in_consul"],
        mend=custom["mend"],
        parameters=tuple(Parameter(**parameter) for parameter in custom.get("parameters", ())),
        follows_from=tuple(custom.get("follows_from", ())),
        settle_seconds=custom.get("settle_seconds", 0),
        related_resources=tuple(resource["ref"] for resource in document.get("related_resources", ())),
    )
