"""What a text says, before anyone asks what it means."""

from dataclasses import dataclass
from typing import TypeAlias

from scanner.errors import HclError
from scanner.hcl.heredoc import heredoc_text
from scanner.hcl.position import Position
from scanner.hcl.quoting import unquote
from scanner.hcl.tokens import Kind


@dataclass(frozen=True, slots=True)
class Word:
    """A key or a value of one token.

    `raw` is as written. It is decoded only when someone asks: Consul too accepts a bad string that it never looks at.
    """

    kind: Kind
    raw: str
    in_json: bool
    at: Position

    @property
    def text(self) -> str:
        r"""Return what the word says: strings without quotes and escapes, heredocs without their anchors, null as "".

        Bytes that are no UTF-8 (`"\xff"` is one) come as lone surrogates, as `surrogateescape` makes them.
        Raises HclError for an escape that has no meaning (`"\777"`).
        """
        if self.kind == "null":
            return ""
        if self.kind == "heredoc":
            return heredoc_text(self.raw)
        return self._unquoted() if self.kind == "string" else self.raw

    def _unquoted(self) -> str:
        try:
            return unquote(self.raw, in_json=self.in_json)
        except ValueError as fault:
            raise HclError(self.at.line, self.at.column, self.raw, f"a string with {fault}") from None


@dataclass(frozen=True, slots=True)
class ListValue:
    """`[ … ]`."""

    elements: tuple["Value", ...]
    at: Position


@dataclass(frozen=True, slots=True)
class ObjectValue:
    """`{ … }`; a key may be there more than once."""

    items: tuple["Item", ...]
    at: Position


Value: TypeAlias = Word | ListValue | ObjectValue


@dataclass(frozen=True, slots=True)
class Item:
    """`key = value`, or `key "label" "label" { … }`: the labels are further keys. There is at least one key."""

    keys: tuple[Word, ...]
    value: Value

    @property
    def at(self) -> Position:
        """Return where the item begins."""
        return self.keys[0].at


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something that Consul reads over without a word: a key without a value at the end, text after the last `}`."""

    what: str
    at: Position


@dataclass(frozen=True, slots=True)
class Document:
    """A whole text: its items in order, and what in it was read over."""

    items: tuple[Item, ...]
    dropped: tuple[Dropped, ...]
