"""JSON tokens -> tree, as loosely as Consul takes JSON; source: hcl's json/parser/parser.go.

An object ends at whatever follows a value and is no comma. What is lost by that, the document tells.
"""

from scanner.errors import HclError
from scanner.hcl.flatten import flattened
from scanner.hcl.json_scanner import JsonScanner
from scanner.hcl.limits import check_depth
from scanner.hcl.source import Source
from scanner.hcl.tokens import Token
from scanner.hcl.tree import Document, Dropped, Item, ListValue, ObjectValue, Value, Word

_WORDS = frozenset({"number", "float", "bool", "null", "string"})
_LISTED = frozenset({"number", "float", "string"})
# In a list Consul's reader steps over these three; so the first "]" ends a list with lists in it.
_STEPPED_OVER = frozenset({",", "bool", "["})
_NOTHING = Token("end", 0, "")


def parse_json(source: Source) -> Document:
    """Return what a JSON text says, in the shape of the HCL text that would say the same. Raises HclError."""
    return _JsonParser(source).document()


class _JsonParser:
    """`_token` is the one taken last."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._scanner = JsonScanner(source)
        self._token = _NOTHING
        self._dropped: list[Dropped] = []

    def document(self) -> Document:
        self._advance()
        root = self._object(0)
        end = self._token.start + len(self._token.raw)
        if rest := self._source.text[end:].strip(" \t\r\n"):
            self._drop("what stands after the object", self._source.text.index(rest[0], end))
        return Document(flattened(root.items), tuple(self._dropped))

    def _advance(self) -> str:
        # Where the scanner raises, no token was taken: `_object` must not see the one before.
        self._token = _NOTHING
        self._token = self._scanner.next()
        return self._token.kind

    def _fault(self, expected: str) -> HclError:
        return self._source.fault(self._token.start, expected)

    def _drop(self, what: str, offset: int) -> None:
        self._dropped.append(Dropped(what, self._source.position(offset)))

    def _word(self) -> Word:
        return Word(self._token.kind, self._token.raw, in_json=True, at=self._source.position(self._token.start))

    def _object(self, depth: int) -> ObjectValue:
        start = self._token.start
        check_depth(depth, self._source, start)
        items: list[Item] = []
        try:
            self._read_items(items, depth + 1)
        except HclError as fault:
            if self._token.kind != "}":
                raise
            self._drop(f"what stands before '}}', where {fault.expected} was expected", self._token.start)
        return ObjectValue(tuple(items), self._source.position(start))

    def _read_items(self, items: list[Item], depth: int) -> None:
        while item := self._item(depth):
            items.append(item)
            if self._advance() != ",":
                break
        if self._token.kind not in {"}", "end"}:
            self._drop(f"{self._token.raw} ends an object: ',' or '}}' was expected", self._token.start)

    def _item(self, depth: int) -> Item | None:
        keys: list[Word] = []
        while self._advance() == "string":
            keys.append(self._word())
        if not keys and self._token.kind in {"}", "end"}:
            return None
        if self._token.kind not in {":", "end"} or not keys:
            raise self._fault("a key in quotes, ':' and a value")
        value = self._value(depth)
        if value is None:
            self._dropped.append(Dropped(f"{keys[0].raw} without a value", keys[0].at))
            return None
        return Item(tuple(keys), value)

    def _value(self, depth: int) -> Value | None:
        # A text that ends after a key ends in its place too.
        kind = self._advance() if self._token.kind == ":" else self._token.kind
        if kind in _WORDS:
            return self._word()
        if kind == "{":
            return self._object(depth)
        if kind == "[":
            return self._list(depth)
        if kind == "end":
            return None
        raise self._fault("a value")

    def _list(self, depth: int) -> ListValue:
        at = self._source.position(self._token.start)
        elements: list[Value] = []
        while (kind := self._advance()) != "]":
            if kind == "{":
                elements.append(self._object(depth))
            elif kind in _LISTED:
                elements.append(self._word())
            elif kind not in _STEPPED_OVER:
                raise self._fault("a text, a number, an object or ']'")
        return ListValue(tuple(elements), at)
