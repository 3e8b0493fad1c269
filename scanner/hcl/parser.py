"""HCL tokens -> tree; source: hcl/parser/parser.go."""

from scanner.hcl.limits import check_depth
from scanner.hcl.scanner import HclScanner
from scanner.hcl.source import Source
from scanner.hcl.tokens import Token
from scanner.hcl.tree import Document, Dropped, Item, ListValue, ObjectValue, Value, Word

_KEYS = frozenset({"ident", "string"})
_WORDS = frozenset({"number", "float", "bool", "string", "heredoc"})


def parse_hcl(source: Source, *, strict: bool) -> Document:
    """Return what an HCL text says; `strict` refuses a key that one object assigns twice.

    Raises HclError.
    """
    return _HclParser(source, strict=strict).document()


class _HclParser:
    """One token is looked at before it is taken."""

    def __init__(self, source: Source, *, strict: bool) -> None:
        self._source = source
        self._strict = strict
        self._scanner = HclScanner(source)
        self._token = self._scanner.next()
        self._dropped: list[Dropped] = []

    def document(self) -> Document:
        items = self._items(0)
        if self._token.kind != "end":
            raise self._source.fault(self._token.start, "a key")
        return Document(items, tuple(self._dropped))

    def _take(self) -> Token:
        taken, self._token = self._token, self._scanner.next()
        return taken

    def _word(self) -> Word:
        token = self._take()
        return Word(token.kind, token.raw, in_json=False, at=self._source.position(token.start))

    def _items(self, depth: int) -> tuple[Item, ...]:
        items: list[Item] = []
        assigned: set[str] = set()
        while self._token.kind != "}" and (item := self._item(assigned, depth)):
            items.append(item)
            if self._token.kind == ",":
                self._take()
        return tuple(items)

    def _item(self, assigned: set[str], depth: int) -> Item | None:
        start = self._token.start
        keys: list[Word] = []
        while self._token.kind in _KEYS:
            keys.append(self._word())
        if self._token.kind == "end" and not keys:
            return None
        if not keys or self._token.kind not in {"=", "{"} or (len(keys) > 1 and self._token.kind == "="):
            raise self._source.fault(self._token.start, _expected_after(keys))
        if self._token.kind == "{":
            return Item(tuple(keys), self._object(depth))
        self._take()
        value = self._value(depth)
        if value is None:
            self._dropped.append(Dropped(f"{keys[0].raw} without a value", keys[0].at))
            return None
        self._note_assigned(keys[0].raw, assigned, start)
        return Item(tuple(keys), value)

    def _note_assigned(self, key: str, assigned: set[str], start: int) -> None:
        if self._strict and key in assigned:
            raise self._source.fault(start, "each key to be set once", f"{key}, which was set already")
        assigned.add(key)

    def _value(self, depth: int) -> Value | None:
        if self._token.kind in _WORDS:
            return self._word()
        if self._token.kind == "{":
            return self._object(depth)
        if self._token.kind == "[":
            return self._list(depth)
        if self._token.kind == "end":
            return None
        raise self._source.fault(self._token.start, "a value: a text in quotes, a number, true, false, '[' or '{'")

    def _object(self, depth: int) -> ObjectValue:
        start = self._take().start
        check_depth(depth, self._source, start)
        items = self._items(depth + 1)
        self._close("}", "a key or '}'")
        return ObjectValue(items, self._source.position(start))

    def _list(self, depth: int) -> ListValue:
        start = self._take().start
        check_depth(depth, self._source, start)
        elements: list[Value] = []
        while self._token.kind != "]":
            if self._token.kind == ",":
                self._take()
                continue
            elements.append(self._element(depth + 1))
            # Consul's reader asks for no comma after a list in a list.
            if not isinstance(elements[-1], ListValue) and self._token.kind not in {",", "]"}:
                raise self._source.fault(self._token.start, "',' or ']'")
        self._close("]", "']'")
        return ListValue(tuple(elements), self._source.position(start))

    def _element(self, depth: int) -> Value:
        value = self._value(depth)
        if value is None:
            raise self._source.fault(self._token.start, "']'")
        return value

    def _close(self, kind: str, expected: str) -> None:
        if self._token.kind != kind:
            raise self._source.fault(self._token.start, expected)
        self._take()


def _expected_after(keys: list[Word]) -> str:
    if not keys:
        return "a key"
    return "'{'" if len(keys) > 1 else f"'=' or '{{' after {keys[0].raw}"
