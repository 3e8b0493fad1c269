"""The text of a policy as the checks read it: code without comments and strings, and where a fault in it is."""

import re
from dataclasses import dataclass

TOKEN = re.compile(r'(?P<comment>#[^\n]*)|(?P<raw>\$?`[^`]*`)|(?P<string>\$?"(?:[^"\\\n]|\\.)*")|(?P<newline>\n)')


@dataclass(frozen=True)
class Fault:
    """What is refused in a policy: where it is, why it is refused, what to write instead."""

    path: str
    line: int
    reason: str
    instead: str

    def __str__(self) -> str:
        """Return `file:line: reason; instead`."""
        return f"{self.path}:{self.line}: {self.reason}; {self.instead}"


def bare(text: str) -> str:
    """Return a text of the same length without what stands in comments and strings."""
    return TOKEN.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def line_at(text: str, position: int) -> int:
    """Return the line of a position, counted from 1."""
    return text.count("\n", 0, position) + 1
