"""JSON text -> tokens, one at a time, as loosely as Consul takes JSON; source: hcl's json/scanner/scanner.go."""

import re
from typing import Final

from scanner.hcl.source import Source
from scanner.hcl.tokens import ESCAPE, PLAIN, Kind, Token, identifier_end, is_letter

# Consul's reader takes a zero byte for the end of the text, goes on after it, and in a number reads over one.
_EXPONENT: Final = r"[eE][+-]?(?:[0-9]+\0?|[\s\S])?"
_FRACTION: Final = rf"\.(?:[0-9]+(?:\0|{_EXPONENT})?|{_EXPONENT})?"
_NUMBER = re.compile(rf"-?[0-9]+\0?(?:(?P<float>{_EXPONENT}|{_FRACTION})|\0)?|(?P<bare>\.[0-9]+[\0eE]?)")
_SKIPPED = re.compile(rf"{PLAIN}*")
_STRING = re.compile(rf'"(?:[^"\\\n\0]++|{ESCAPE})*+"')
_NAMES: dict[str, Kind] = {"true": "bool", "false": "bool", "null": "null"}
_SIGNS: dict[str, Kind] = {"{": "{", "}": "}", "[": "[", "]": "]", ",": ",", ":": ":", ".": "."}


class JsonScanner:
    """The tokens of a JSON text."""

    def __init__(self, source: Source) -> None:
        """Start at the beginning of the text."""
        self._source = source
        self._text = source.text
        self._at = 0

    def next(self) -> Token:
        """Return the next token, "end" at the end. Raises HclError where there is none that JSON knows."""
        skipped = _SKIPPED.match(self._text, self._at)
        start = skipped.end() if skipped else self._at
        kind, self._at = self._scanned(start)
        return Token(kind, start, self._text[start : self._at])

    def _scanned(self, start: int) -> tuple[Kind, int]:
        character = self._text[start : start + 1]
        if character in {"", "\0"}:
            return "end", start + len(character)
        if is_letter(character):
            return self._name(start)
        number = _NUMBER.match(self._text, start)
        if number:
            return self._number(number)
        if character == '"':
            return self._string(start)
        if character not in _SIGNS:
            raise self._source.fault(start, "a JSON value, a key in quotes or a bracket")
        return _SIGNS[character], start + 1

    def _name(self, start: int) -> tuple[Kind, int]:
        # The zero byte ends a name, and Consul's reader takes it along: then it knows no such name.
        end = identifier_end(self._text, start, "-\0")
        name = self._text[start:end]
        if name not in _NAMES:
            raise self._source.fault(start, "true, false, null or a text in quotes", repr(name))
        return _NAMES[name], end

    def _number(self, number: re.Match[str]) -> tuple[Kind, int]:
        if number["float"] or number["bare"]:
            return "float", number.end()
        digits = number[0].removeprefix("-")
        # A lone 0 that ends the text counts as one more digit in Consul's reader.
        if digits[0] == "0" and (len(digits) > 1 or number.end() == len(self._text)):
            raise self._source.fault(number.start(), "a number that does not begin with 0")
        return "number", number.end()

    def _string(self, start: int) -> tuple[Kind, int]:
        string = _STRING.match(self._text, start)
        if string is None:
            raise self._source.fault(start, "a text in quotes, in one line, with escapes that Consul knows (no \\/)")
        return "string", string.end()
