"""Rules made from a seed, beside the text that says them: so the proof of the resolver needs no reader."""

import json
from collections.abc import Sequence
from random import Random

from scanner.acl.rules import Match, Rule
from scanner.hcl.position import Position

LABELLED = ("agent", "event", "key", "node", "query", "service", "session")
SCALARS = ("acl", "keyring", "mesh", "operator", "peering")
LEVELS = ("read", "read", "read", "write", "write", "deny", "deny")
ODD_LEVELS = ("Read", "WRITE", "dENY")
NOWHERE = Position(1, 1)


def make_rules(random: Random, names: Sequence[str]) -> tuple[Rule, ...]:
    """Give one policy's rules: mostly services and nodes, names from `names`; some say the same name twice."""
    kinds = (*LABELLED, "service", "service", "node", "key")
    labelled = [labelled_rule(random, random.choice(kinds), names) for _ in range(random.randint(0, 9))]
    scalars = random.sample(SCALARS, random.choice((0, 0, 1, 2, 3)))
    return (*labelled, *(scalar_rule(random, resource) for resource in scalars))


def labelled_rule(random: Random, resource: str, names: Sequence[str]) -> Rule:
    match: Match = random.choice(("exact", "prefix"))
    allowed = (*LEVELS, "list", "list", "LIST") if resource == "key" else LEVELS
    intentions = make_level(random, LEVELS) if resource == "service" and random.random() < 0.3 else None
    return Rule(resource, match, random.choice(names), make_level(random, allowed), intentions, NOWHERE)


def scalar_rule(random: Random, resource: str) -> Rule:
    return Rule(resource, "scalar", "", make_level(random, LEVELS), None, NOWHERE)


def make_level(random: Random, usual: Sequence[str]) -> str:
    return random.choice(ODD_LEVELS) if random.random() < 0.15 else random.choice(usual)


def hcl_text(rules: Sequence[Rule]) -> str:
    """Write rules as blocks and assignments."""
    return "\n".join(hcl_line(rule) for rule in rules)


def hcl_line(rule: Rule) -> str:
    if rule.match == "scalar":
        return f"{rule.resource} = {quoted(rule.level)}"
    said = {"policy": rule.level} | ({"intentions": rule.intentions} if rule.intentions else {})
    body = "\n".join(f"  {key} = {quoted(value)}" for key, value in said.items())
    return f"{key_of(rule)} {quoted(rule.segment)} {{\n{body}\n}}"


def json_text(rules: Sequence[Rule]) -> str:
    """Write rules as JSON. It must not have to say one name twice, see `says_twice`."""
    document: dict[str, object] = {}
    for rule in rules:
        if rule.match == "scalar":
            document[rule.resource] = rule.level
            continue
        said = {"policy": rule.level} | ({"intentions": rule.intentions} if rule.intentions else {})
        named = document.setdefault(key_of(rule), {})
        assert isinstance(named, dict)
        named[rule.segment] = said
    return json.dumps(document, ensure_ascii=False)


def says_twice(rules: Sequence[Rule]) -> bool:
    return len({(key_of(rule), rule.segment) for rule in rules}) < len(rules)


def key_of(rule: Rule) -> str:
    return f"{rule.resource}_prefix" if rule.match == "prefix" else rule.resource


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
