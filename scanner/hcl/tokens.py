"""The smallest parts of a text, and what both languages agree on about them."""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "end", "ident", "string", "number", "float", "bool", "heredoc", "null",
    "{", "}", "[", "]", ",", "=", ":", ".", "+", "-",
]  # fmt: skip

PLAIN: Final = r"[ \t\n\r]"
"""White space, as a regular expression: nothing beyond ASCII counts."""

ESCAPE: Final = r'\\(?:[abfnrtv\\"]|[0-7]{3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})'
"""The escapes that a string may hold, in JSON too; `\\/` is none."""

# Consul's reader takes one character more, whatever it is, where no digit follows the exponent.
EXPONENT: Final = r"[eE][+-]?(?:[0-9]+|[\s\S])?"


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a text: `raw` is what is written there, from `start` on, quotes and escapes included."""

    kind: Kind
    start: int
    raw: str


def is_letter(character: str) -> bool:
    """Tell whether an identifier may begin with this character."""
    return character == "_" or character.isalpha()


def identifier_end(text: str, start: int, also: str) -> int:
    """Return where the identifier that begins at `start` ends; `also` may stand in it beside letters and digits."""
    end = start + 1
    while end < len(text) and (is_letter(text[end]) or text[end].isdecimal() or text[end] in also):
        end += 1
    return end
