"""Documents that are wrong on purpose: keys that are missing, values of wrong types, huge numbers, hostile names."""

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

from scanner.model.document import Json
from tests.conformance.multiplied import places

HOSTILE = [
    "",
    "'; rm -rf /",
    "$(reboot)",
    "a\nb",
    "\x1b[31m",
    "\u00e9\u202e",
    "%s %d",
    "../..",
    "x" * 5000,
    "0001-01-01",
]
ODD: list[Any] = [
    *(None, True, False),
    *(0, -1, 1.5, 2**53, 2**63, -(2**70), 1e300),
    *([], {}, [None], {"": None}, [[]]),
    *("", "true", "1.2.3"),
]

Spoil = Callable[[Json, random.Random], None]


def spoiled(document: Json, seed: int) -> Json:
    """Return a copy with one to four faults; the same for the same seed."""
    chance = random.Random(seed)
    wrong = copy.deepcopy(document)
    for _ in range(chance.randint(1, 4)):
        chance.choice(_SPOILS)(wrong, chance)
    return wrong


def _alike(document: Json, chance: random.Random) -> None:
    """Put another value of the same type: what a schema cannot refuse, mostly."""
    parent, key = _place(document, chance)
    kind = type(parent[key])
    others = [other for other in (*ODD, *HOSTILE, *_values(document)) if type(other) is kind]
    parent[key] = copy.deepcopy(chance.choice(others or [None]))


def _values(document: Json) -> Iterator[Any]:
    for *way, key in places(document):
        parent: Any = document
        for part in way:
            parent = parent[part]
        yield parent[key]


def _without(document: Json, chance: random.Random) -> None:
    parent, key = _place(document, chance)
    del parent[key]


def _odd(document: Json, chance: random.Random) -> None:
    parent, key = _place(document, chance)
    parent[key] = copy.deepcopy(chance.choice(ODD))


def _hostile(document: Json, chance: random.Random) -> None:
    parent, key = _place(document, chance)
    parent[key] = chance.choice(HOSTILE)


def _renamed(document: Json, chance: random.Random) -> None:
    parent, key = _place(document, chance)
    if isinstance(parent, dict):
        parent[chance.choice(HOSTILE)] = parent.pop(key)


def _swapped(document: Json, chance: random.Random) -> None:
    one, key = _place(document, chance)
    other, place = _place(document, chance)
    one[key] = copy.deepcopy(other[place])


def _place(document: Json, chance: random.Random) -> tuple[Any, Any]:
    *way, key = chance.choice(list(places(document)))
    parent: Any = document
    for part in way:
        parent = parent[part]
    return parent, key


_SPOILS: list[Spoil] = [*[_alike] * 20, _without, _odd, _hostile, _renamed, _swapped]
