"""HCL text -> tokens, one at a time; source: hcl/scanner/scanner.go."""

import re

from scanner.hcl.heredoc import heredoc_end
from scanner.hcl.source import Source
from scanner.hcl.tokens import ESCAPE, EXPONENT, PLAIN, Kind, Token, identifier_end, is_letter

_SKIPPED = re.compile(rf"(?:{PLAIN}++|(?:#|//)[^\n]*+|/\*[\s\S]*?\*/)*+")
_HEXADECIMAL = re.compile(r"-?0[xX][0-9a-fA-F]*")
_NUMBER = re.compile(rf"-?[0-9]+(?P<float>{EXPONENT}|\.[0-9]*(?:{EXPONENT})?)?|(?P<bare>\.[0-9]+[eE]?)")
_ESCAPE = re.compile(ESCAPE)
_SPECIAL = re.compile(r'["\\\n${}]')
_SIGNS: dict[str, Kind] = {"{": "{", "}": "}", "[": "[", "]": "]", ",": ",", "=": "=", ".": ".", "+": "+", "-": "-"}


class HclScanner:
    """The tokens of an HCL text; comments are read over."""

    def __init__(self, source: Source) -> None:
        """Start at the beginning of the text."""
        self._source = source
        self._text = source.text
        self._at = 0

    def next(self) -> Token:
        """Return the next token, "end" at the end. Raises HclError where there is none that HCL knows."""
        start = self._skipped()
        kind, self._at = self._scanned(start)
        return Token(kind, start, self._text[start : self._at])

    def _skipped(self) -> int:
        skipped = _SKIPPED.match(self._text, self._at)
        start = skipped.end() if skipped else self._at
        if self._text.startswith("/*", start):
            raise self._source.fault(start, "'*/' after it", "a comment that does not end")
        return start

    def _scanned(self, start: int) -> tuple[Kind, int]:
        character = self._text[start : start + 1]
        if not character:
            return "end", start
        if is_letter(character):
            return self._identifier(start)
        if number := _NUMBER.match(self._text, start):
            return self._number(number)
        if character == '"':
            return "string", self._string_end(start)
        if character == "<":
            return "heredoc", heredoc_end(self._source, start)
        if character not in _SIGNS:
            raise self._source.fault(start, "a key, a value, a bracket or a comment")
        return _SIGNS[character], start + 1

    def _identifier(self, start: int) -> tuple[Kind, int]:
        end = identifier_end(self._text, start, "-.")
        return ("bool" if self._text[start:end] in {"true", "false"} else "ident"), end

    def _number(self, number: re.Match[str]) -> tuple[Kind, int]:
        if hexadecimal := _HEXADECIMAL.match(self._text, number.start()):
            return "number", self._digits_end(hexadecimal, good=hexadecimal[0][-1] not in "xX")
        if number["float"] or number["bare"]:
            return "float", number.end()
        # The digit after the leading 0 goes unchecked in Consul's reader.
        digits = number[0].removeprefix("-")
        return "number", self._digits_end(number, good=digits[0] != "0" or not set("89") & set(digits[2:]))

    def _digits_end(self, number: re.Match[str], *, good: bool) -> int:
        if not good:
            raise self._source.fault(number.start(), "the digits of a hexadecimal (0x) or octal (0) number")
        return number.end()

    def _string_end(self, start: int) -> int:
        depth, at = 0, start + 1
        while (character := _SPECIAL.search(self._text, at)) and (depth or character[0] not in '"\n'):
            at = character.end()
            if character[0] == "\\":
                at = self._escape_end(character.start())
            elif depth:
                depth += {"{": 1, "}": -1}.get(character[0], 0)
            elif character[0] == "$" and self._text.startswith("{", at):
                depth, at = 1, at + 1
        if character is None or character[0] == "\n":
            raise self._source.fault(start, "a closing '\"' in the same line", "a string that does not end")
        return character.end()

    def _escape_end(self, start: int) -> int:
        escape = _ESCAPE.match(self._text, start)
        if escape is None:
            raise self._source.fault(
                start, 'one of the escapes \\a \\b \\f \\n \\r \\t \\v \\\\ \\" \\ooo \\xhh \\uhhhh'
            )
        return escape.end()
