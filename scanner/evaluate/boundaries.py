"""What a policy may reach: its input and the packages beside it, by functions that the portable subset knows.

Without this a rule of others could call what is refused by name (`http["send"](...)`, `count(x) with count as
http.send`), or read documents that happen to lie on an OPA server and make two scans differ.
"""

import re
from collections.abc import Collection, Iterator

from scanner.evaluate.policies import Policy
from scanner.evaluate.source import Fault, line_at

_BRACKET_CALL = re.compile(r"\][ \t]*\(")
_WITH = re.compile(r"(?<![\w.])with\b(?!\s+input\b)")
_DATA = re.compile(r"(?<![\w.])data\b((?:\.[A-Za-z_]\w*)*)")


def boundary_faults(policy: Policy, code: str, packages: Collection[str]) -> Iterator[Fault]:
    """Yield where a policy reaches for more than it may.

    Args:
        policy: the file.
        code: its text without comments and strings (`source.bare`).
        packages: those of the whole policy set.
    """
    for call in _BRACKET_CALL.finditer(code):
        reason = "a function is called by a computed name"
        yield Fault(policy.path, line_at(code, call.start()), reason, "write its name, as in object.get(...)")
    for replaced in _WITH.finditer(code):
        reason = "with may replace the input alone: never a function, nor data"
        yield Fault(policy.path, line_at(code, replaced.start()), reason, "give a function of your own an argument")
    for reference in _DATA.finditer(code):
        if not _is_package(reference[1].lstrip("."), packages):
            reason = f"data{reference[1]} is no package of these policies"
            yield Fault(policy.path, line_at(code, reference.start()), reason, "all that a rule may read is in input")


def _is_package(path: str, packages: Collection[str]) -> bool:
    """Tell whether a path leads into a package, or to one or several of them."""
    return bool(path) and any(
        f"{path}.".startswith(f"{package}.") or package.startswith(f"{path}.") for package in packages
    )
