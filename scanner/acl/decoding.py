"""How Consul takes names, blocks and levels out of what the reader found; source: hcl's decoder.go.

It tolerates much: keys in any case, a key given again (the last counts), blocks without a label whose own keys are
then the names.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.acl.fields import folded
from scanner.errors import AclPolicyError
from scanner.hcl.position import Position
from scanner.hcl.tree import Item, ListValue, ObjectValue, Value, Word

_TEXTS = frozenset({"string", "heredoc", "number", "null"})


@dataclass(frozen=True)
class Block:
    """A name and what is said of it; `more` are the labels after the name."""

    name: Word
    body: tuple[Item, ...]
    more: tuple[Word, ...]


def policy_fault(at: Position, seen: str, expected: str) -> AclPolicyError:
    """Build the error for what stands at `at` and makes the text no policy."""
    return AclPolicyError(at.line, at.column, seen, expected)


def check_keys(items: Sequence[Item]) -> None:
    """Raise HclError for a key that Consul decodes without need, and cannot."""
    first = items[0].keys if items and items[0].keys[0].in_json else ()
    for key in (*first, *(item.keys[0] for item in items)):
        decode(key)


def decode(word: Word) -> None:
    """Raise HclError where a word cannot be decoded; for words whose text nobody needs."""
    _ = word.text


def by_key(items: Sequence[Item]) -> defaultdict[str, list[Item]]:
    """Return the items of each key that there is, in lower case; of others there are none."""
    found: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        found[folded(item.keys[0].text)].append(item)
    return found


def levels(items: Sequence[Item]) -> list[Word]:
    """Return what the items of a key set it to, once for each time; the last counts.

    Raises AclPolicyError where one of them is no text.
    """
    return [_level(item) for item in items]


def _level(item: Item) -> Word:
    value = item.value
    if len(item.keys) > 1 or not isinstance(value, Word) or value.kind not in _TEXTS:
        raise policy_fault(item.at, f"{item.keys[0].raw} with {_kind(item)}", 'a level in quotes, as in "read"')
    return value


def _kind(item: Item) -> str:
    if len(item.keys) > 1:
        return "a label"
    if isinstance(item.value, Word):
        return item.value.raw
    return "a list" if isinstance(item.value, ListValue) else "a block"


def blocks(items: Sequence[Item]) -> Iterator[Block]:
    """Give the blocks of the items of a key: first those with a label, then those in a block without one.

    Raises AclPolicyError where one of them is neither.
    """
    for item in items:
        if len(item.keys) > 1:
            yield _block(Item(item.keys[1:], item.value))
    for item in items:
        if len(item.keys) == 1:
            yield from _inner_blocks(item, item.value)


def _inner_blocks(item: Item, value: Value) -> Iterator[Block]:
    if isinstance(value, ObjectValue):
        yield from (_block(inner) for inner in value.items)
    elif not isinstance(value, ListValue) or value.elements:
        key = item.keys[0].raw
        raise policy_fault(item.at, f"{key} with {_kind(item)}", f'a block with a name, as in {key} "web" {{ … }}')


def _block(item: Item) -> Block:
    name, *more = item.keys
    # Two labels look to Consul like JSON that it shortened too far, so it takes the second for a key of the body.
    if len(more) == 1:
        return Block(name, (Item(item.keys[1:], item.value),), tuple(more))
    if isinstance(item.value, ListValue):
        raise policy_fault(name.at, f"{name.raw} with a list", "a block")
    body = item.value.items if isinstance(item.value, ObjectValue) else (item,)
    return Block(name, body, tuple(more))
