"""Where strings and the statements of queries stand in a Rego file. Reads tokens, not a syntax tree."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r'#[^\n]*|`[^`]*`|"(?:[^"\\\n]|\\.)*"')
_BODY = re.compile(r"(?:\bif|\bevery\b[^{}]*)\s*\{")
_ONE_LINE_BODY = re.compile(r"\bif (?!\{)")
_CLOSING = {"{": "}", "[": "]", "(": ")"}


@dataclass(frozen=True)
class Span:
    """A piece of a text: it starts at `start` and ends before `end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Source:
    """A Rego file: its text, and `bare`, of the same length, in which comments are blank and strings hold nothing."""

    text: str
    bare: str

    def of(self, span: Span) -> str:
        """Return the text of a span."""
        return self.text[span.start : span.end]

    def strings(self) -> Iterator[Span]:
        """Yield each string, quotes included."""
        for token in _TOKEN.finditer(self.text):
            if token[0].startswith('"'):
                yield Span(*token.span())

    def statements(self) -> Iterator[Span]:
        """Yield each condition of each body and comprehension, those within others too."""
        for query in self.queries():
            yield from self._split(query)

    def queries(self) -> list[Span]:
        """Return what stands in the braces after `if` and `every`, after a one-line `if`, and after a bar."""
        bodies = {found.end() - 1 for found in _BODY.finditer(self.bare)}
        one_line = [Span(found.end(), self._line_end(found.end())) for found in _ONE_LINE_BODY.finditer(self.bare)]
        return one_line + list(self._bracketed(bodies))

    def _bracketed(self, bodies: set[int]) -> Iterator[Span]:
        opened: list[tuple[str, int | None]] = []
        for place, character in enumerate(self.bare):
            if character in _CLOSING:
                opened.append((character, place + 1 if place in bodies else None))
            elif character == "|" and opened and opened[-1][0] in "{[" and opened[-1][1] is None:
                opened[-1] = (opened[-1][0], place + 1)
            elif opened and character == _CLOSING[opened[-1][0]]:
                start = opened.pop()[1]
                if start is not None:
                    yield Span(start, place)

    def _line_end(self, start: int) -> int:
        return next(self._breaks(Span(start, len(self.bare)), "\n"), len(self.bare))

    def _split(self, query: Span) -> Iterator[Span]:
        start = query.start
        for place in (*self._breaks(query, "\n;"), query.end):
            inside = self.bare[start:place]
            if inside.strip():
                yield Span(start + len(inside) - len(inside.lstrip()), start + len(inside.rstrip()))
            start = place + 1

    def _breaks(self, span: Span, separators: str) -> Iterator[int]:
        depth = 0
        for place in range(span.start, span.end):
            depth += (self.bare[place] in "{[(") - (self.bare[place] in "}])")
            if depth == 0 and self.bare[place] in separators:
                yield place


def source(text: str) -> Source:
    """Return a Rego text, ready to be asked."""
    return Source(text, _TOKEN.sub(lambda found: _blank(found[0]), text))


def _blank(token: str) -> str:
    if token.startswith("#"):
        return " " * len(token)
    return token[0] + re.sub(r"[^\n]", "_", token[1:-1]) + token[-1]
