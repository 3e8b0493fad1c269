"""A text, with the place of each offset in it."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from scanner.errors import HclError
from scanner.hcl.position import Position

_SHOWN = 40


@dataclass(frozen=True)
class Source:
    """A text and the offsets of its line ends."""

    text: str
    line_ends: Sequence[int]

    def position(self, offset: int) -> Position:
        """Return the line and column of a character, or of the end."""
        before = bisect_left(self.line_ends, offset)
        line_start = self.line_ends[before - 1] + 1 if before else 0
        return Position(before + 1, offset - line_start + 1)

    def fault(self, offset: int, expected: str, seen: str = "") -> HclError:
        """Build the error for what stands at `offset`; `seen` where the next characters alone do not tell it."""
        at = self.position(offset)
        return HclError(at.line, at.column, seen or self._shown(offset), expected)

    def _shown(self, offset: int) -> str:
        rest = self.text[offset : offset + _SHOWN].splitlines()
        return repr(rest[0] or "\n") if rest else "the end of the text"


def source_of(text: str) -> Source:
    """Prepare a text for reading."""
    return Source(text, [offset for offset, character in enumerate(text) if character == "\n"])
