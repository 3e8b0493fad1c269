"""What may stand in the head of a rule: only what is there whenever its body holds.

OPA leaves out an element whose head is undefined. regorus then loses the whole set, or stops with an error, as the
order of the elements has it: violations go missing, and a subject passes that fails. Nor does it go on to an `else`
where OPA does. What is bound in the body means the same to both.
"""

import re
from collections.abc import Collection, Iterator

from scanner.evaluate.policies import Policy
from scanner.evaluate.source import Fault, line_at

_ELEMENT = re.compile(r"^\w+(?:\[[^\n]*?\])? contains |^\w+\[[^\n]*?\] :?= ", re.MULTILINE)
_BRANCH = re.compile(r"(?:^\w+(?:\([^\n]*?\))?|\belse) :?= ", re.MULTILINE)
_ELSE = re.compile(r"\belse\b")
_RULE = re.compile(r"^(?:default )?(\w+) (?:if|contains|:?=)", re.MULTILINE)
_REFERENCE = re.compile(r"[\w\])]\s*(?:\.\s*\w|\[)")
_NAME = re.compile(r"(?<![\w.])([A-Za-z_][\w.]*)(\()?")
_BRACKETS = {"[": 1, "(": 1, "{": 1, "]": -1, ")": -1, "}": -1}
_MAY_BE_NOTHING = frozenset({"max", "min"})
"""Builtins that give nothing of nothing, without an error."""


def head_faults(policy: Policy, code: str, builtins: Collection[str]) -> Iterator[Fault]:
    """Yield the heads that may be undefined although their body holds.

    Args:
        policy: the file.
        code: its text without comments and strings (`source.bare`).
        builtins: those of the portable subset, which give a value or err.
    """
    sure, rules = frozenset(builtins) - _MAY_BE_NOTHING, frozenset(_RULE.findall(code))
    for start in (begun.end() for begun in _ELEMENT.finditer(code)):
        if _may_be_undefined(_head(code, start), sure, rules):
            reason = "an element that may be undefined, which makes the whole rule so in regorus"
            yield Fault(policy.path, line_at(code, start), reason, "write contains x if { ...; x := ... }")
    for start in _branches_before_else(code):
        if _may_be_undefined(_head(code, start), sure, rules):
            reason = "a value that may be undefined, after which regorus does not go on to else"
            yield Fault(policy.path, line_at(code, start), reason, "bind it in the body, and give its name")


def _may_be_undefined(head: str, sure: Collection[str], rules: Collection[str]) -> bool:
    plain = _without_comprehensions(head)
    names = _NAME.findall(plain)
    doubtful = (name not in sure if called else name in rules or "." in name for name, called in names)
    return any(doubtful) or bool(_REFERENCE.search(_NAME.sub(lambda found: "(" if found[2] else "x", plain)))


def _branches_before_else(code: str) -> Iterator[int]:
    """Yield where the values begin of all branches that an `else` follows."""
    for otherwise in _ELSE.finditer(code):
        before = [begun.end() for begun in _BRANCH.finditer(code, 0, otherwise.start())]
        if before and not re.search(r"\n\w", code[before[-1] : otherwise.start()]):
            yield before[-1]


def _head(code: str, start: int) -> str:
    """Return the head whose value begins at `start`: up to its `if`, or to the end of the line outside of brackets."""
    depth = 0
    for found in re.finditer(r"[\[({})\]]|\bif\b|\n", code[start:]):
        depth += _BRACKETS.get(found[0], 0)
        if depth == 0 and found[0] in {"if", "\n"}:
            return code[start : start + found.start()]
    return code[start:]


def _without_comprehensions(head: str) -> str:
    """Return a head without its comprehensions, which are never undefined: they leave out what is."""
    for opening in re.finditer(r"[\[{]", head):
        end = _closing(head, opening.start())
        if "|" in head[opening.start() : end]:
            return head[: opening.start()] + _without_comprehensions(head[end:])
    return head


def _closing(text: str, opening: int) -> int:
    depth = 0
    for place in range(opening, len(text)):
        depth += _BRACKETS.get(text[place], 0)
        if depth == 0:
            return place + 1
    return len(text)
