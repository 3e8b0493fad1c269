"""What is wrong with rules that others wrote, each fault with file, line, reason and what to write instead."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from scanner.errors import PolicyError
from scanner.evaluate.catalogue import catalogue, read_rule
from scanner.evaluate.policies import Policy, PolicySet, policies_below, unwelcome
from scanner.evaluate.portable import portable_faults
from scanner.evaluate.source import Fault
from scanner.findings.waiver_rules import WAIVER_RULES
from scanner.model.rule import Rule
from scanner.model.statements import STATEMENTS

_KEY_OF_REASON = re.compile(r"\$[\w.\[\]]*?(\w+)(?:\[\d+\])*: ")
_SEE = "docs/custom-rules.md tells what each key means"


def custom_policies(folders: Sequence[Path]) -> list[list[Policy]]:
    """Return the policies of each folder, their paths as a reader would open them. Raises PolicyError."""
    return [
        [replace(policy, path=(folder / policy.path).as_posix()) for policy in policies_below(folder, custom=True)]
        for folder in folders
    ]


def faults(ours: PolicySet, folders: Sequence[Sequence[Policy]]) -> list[Fault]:
    """Return what an audit would refuse of some folders of policies, by file and line.

    Args:
        ours: the policies that they are loaded beside.
        folders: as `custom_policies` returns them.
    """
    theirs = [policy for folder in folders for policy in folder]
    portable = portable_faults([*ours.policies, *theirs])
    paths = {policy.path for policy in theirs}
    found = [*_shadowing(ours, folders), *_catalogue_faults(ours, theirs), *(f for f in portable if f.path in paths)]
    return sorted(found, key=lambda fault: (fault.path, fault.line))


def _shadowing(ours: PolicySet, folders: Sequence[Sequence[Policy]]) -> Iterator[Fault]:
    earlier = list(ours.policies)
    for folder in folders:
        for policy in folder:
            if reason := unwelcome(policy, earlier):
                yield Fault(policy.path, _line(policy, "package"), reason, "choose a package that nobody has")
        earlier.extend(folder)


def _catalogue_faults(ours: PolicySet, theirs: Sequence[Policy]) -> Iterator[Fault]:
    rules: list[tuple[Policy, Rule]] = []
    for policy in theirs:
        try:
            rules += [(policy, read_rule(policy))] if policy.is_rule else []
        except PolicyError as error:
            yield _metadata_fault(policy, error)
    packages = Counter(policy.package for policy, _ in rules)
    known = [*catalogue(ours), *WAIVER_RULES]
    taken = Counter([rule.id for rule in known] + [rule.id for _, rule in rules])
    for policy, rule in rules:
        if packages[policy.package] > 1:
            told = f"{packages[policy.package]} rules share the package {policy.package}"
            yield Fault(policy.path, _line(policy, "package"), told, "give each a package of its own")
        yield from _unknown(policy, rule, taken)


def _unknown(policy: Policy, rule: Rule, taken: Counter[str]) -> Iterator[Fault]:
    if taken[rule.id] > 1:
        told = f"the id {rule.id} is used by {taken[rule.id]} rules"
        yield Fault(policy.path, _line(policy, "# .*id:"), told, "give it one that nobody has, and never had")
    if unknown := sorted(set(rule.follows_from) - taken.keys()):
        told = f"it follows from {', '.join(unknown)}, which is no rule"
        yield Fault(policy.path, _line(policy, "# .*follows_from:"), told, "`consul-scan rules list` shows all rules")
    if unknown := sorted(set(rule.document) - STATEMENTS.keys()):
        told = f"it encodes {', '.join(unknown)}, which is no statement of the document"
        yield Fault(policy.path, _line(policy, "# .*document:"), told, "write [] where it goes beyond the document")


def _metadata_fault(policy: Policy, error: PolicyError) -> Fault:
    reason = " ".join(error.message.removeprefix(f"{policy.path}: ").split())
    key = _KEY_OF_REASON.search(reason)
    line = _line(policy, f"# .*\\b{key[1]}:") if key else 1
    return Fault(policy.path, line, reason, error.advice.rstrip(".") or _SEE)


def _line(policy: Policy, pattern: str) -> int:
    lines = policy.text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if re.match(pattern, line)), 1)
