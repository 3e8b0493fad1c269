"""JSON's objects in objects -> HCL's labels: `{"service": {"web": {…}}}` says `service "web" {…}`.

Source: hcl's json/parser/flatten.go.
"""

from collections.abc import Sequence

from scanner.hcl.tree import Item, ListValue, ObjectValue, Value


def flattened(items: Sequence[Item]) -> tuple[Item, ...]:
    """Return the items with labels for what was nested, at every depth.

    An object that holds objects only becomes an item for each, a list of objects only too; both again and again.
    """
    kept: list[Item] = []
    waiting = list(reversed(items))
    while waiting:
        item = waiting.pop()
        parts = _parts(item)
        if parts:
            waiting.extend(reversed(parts))
        else:
            kept.append(Item(item.keys, _inside(item.value)))
    return tuple(kept)


def _parts(item: Item) -> list[Item]:
    if isinstance(item.value, ListValue):
        elements = item.value.elements
        alike = all(isinstance(element, ObjectValue) for element in elements)
        return [Item(item.keys, element) for element in elements] if alike else []
    if isinstance(item.value, ObjectValue):
        alike = all(isinstance(inner.value, ObjectValue) for inner in item.value.items)
        return [Item(item.keys + inner.keys, inner.value) for inner in item.value.items] if alike else []
    return []


def _inside(value: Value) -> Value:
    if isinstance(value, ObjectValue):
        return ObjectValue(flattened(value.items), value.at)
    if isinstance(value, ListValue):
        return ListValue(tuple(_inside(element) for element in value.elements), value.at)
    return value
