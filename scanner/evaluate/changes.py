"""Changes to a snapshot, as cases write them.

A change is {set: POINTER, to: VALUE}, {set: POINTER, from: POINTER} (a copy) or {remove: POINTER}; in a pointer
(RFC 6901) a `*` stands for every key there, as recorded ids are random.
"""

import copy
from typing import Any

from scanner.model.document import Json


def changed(snapshot: Json, changes: list[Json]) -> Json:
    """Return a copy with the changes made, in order. Raises KeyError with a pointer that leads nowhere."""
    result = copy.deepcopy(snapshot)
    for change in changes:
        *way, last = _parts(change["set"] if "set" in change else change["remove"])
        value = _value(result, change)
        for parent in _reached(result, way):
            for key in list(_children(parent)) if last == "*" else [last]:
                _apply(parent, key, change, value)
    return result


def _value(document: Any, change: Json) -> Any:
    """Return what is set; None where a change removes."""
    if "from" in change:
        return _reached(document, _parts(change["from"]))[0]
    return change["to"] if "set" in change else None


def _parts(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _reached(document: Any, way: list[str]) -> list[Any]:
    reached = [document]
    for part in way:
        children = [_children(parent) for parent in reached]
        reached = [value for found in children for value in (found.values() if part == "*" else [_child(found, part)])]
    if not reached:
        raise KeyError("/".join(way))
    return reached


def _child(children: dict[str, Any], key: str) -> Any:
    if key not in children:
        raise KeyError(key)
    return children[key]


def _children(parent: Any) -> dict[str, Any]:
    if isinstance(parent, dict):
        return parent
    return {str(index): value for index, value in enumerate(parent)} if isinstance(parent, list) else {}


def _apply(parent: Any, key: str, change: Json, value: Any) -> None:
    if not isinstance(parent, dict):
        _child(_children(parent), key)
    place: Any = int(key) if isinstance(parent, list) else key
    if "remove" in change:
        del parent[place]
    else:
        parent[place] = copy.deepcopy(value)
