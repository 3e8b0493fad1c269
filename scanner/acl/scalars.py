"""The rules about what is granted as a whole: `peering = "read"`."""

from collections.abc import Iterator, Sequence

from scanner.acl.decoding import by_key, levels, policy_fault
from scanner.acl.fields import LEVELS, SCALARS
from scanner.acl.rules import Ignored, Rule
from scanner.hcl.tree import Item, Word


def scalar_rules(items: Sequence[Item]) -> Iterator[Rule | Ignored]:
    """Give the rules without names, and those of them that have no effect. Raises HclError, AclPolicyError."""
    found = by_key(items)
    for key in SCALARS:
        words = levels(found[key])
        texts = [word.text for word in words]
        for word in words[:-1]:
            yield Ignored(f"{key} = {word.raw}", "it is set again, and the last one counts", word.at)
        if words:
            yield _last(key, words[-1], texts[-1])


def _last(key: str, word: Word, level: str) -> Rule | Ignored:
    if level in LEVELS:
        return Rule(key, "scalar", "", level, None, word.at)
    if not level:
        return Ignored(f"{key} = {word.raw}", "an empty level says nothing", word.at)
    if level.replace("\u0130", "I").lower() in LEVELS:
        return Ignored(f"{key} = {word.raw}", f"Consul takes {key} in lower case and loses any other", word.at)
    raise policy_fault(word.at, f"{key} with level {level!r}", f"one of {', '.join(sorted(LEVELS))}")
