"""The one place that quotes for Markdown: what a cluster chose stands in code, where nothing is obeyed.

Backslashes would not do: mentions, references and addresses are found after Markdown has taken them away.
"""

import re
from collections.abc import Iterable

from scanner.publish.terminal import PARAGRAPH_LIMIT, printable, prose

_TICKS = re.compile(r"`+")
_SHORTEST_FENCE = 3


def code(text: str) -> str:
    """Return a name or a sentence as one span of code."""
    return _span(prose(text))


def code_paragraph(text: str) -> str:
    """Return what a rule says of itself as one span of code."""
    return _span(printable(text, PARAGRAPH_LIMIT))


def cell(text: str) -> str:
    """Return text as code for a cell of a table, which a bar would end otherwise."""
    return code(text).replace("|", "\\|")


def block(lines: Iterable[str], language: str = "") -> str:
    """Return lines as a fenced block that none of them ends.

    The lines are printable already, as those of `copyable` commands are.
    """
    text = "\n".join(lines)
    fence = "`" * max(_longest_run(text) + 1, _SHORTEST_FENCE)
    return f"{fence}{language}\n{text}\n{fence}"


def _span(line: str) -> str:
    if not line.strip():
        return "` `"
    ticks = "`" * (_longest_run(line) + 1)
    # Markdown takes one blank away at each end, where there is one at both.
    blank = " " if line[0] in "` " or line[-1] in "` " else ""
    return f"{ticks}{blank}{line}{blank}{ticks}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
