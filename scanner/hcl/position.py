"""Where in a text something stands."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Position:
    """Line and column, both counted from 1; a column is a character, not a byte."""

    line: int
    column: int
