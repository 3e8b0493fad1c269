"""A list in pages. A page goes on after the last thing of the one before it, whatever came or went between them."""

import base64
import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from starlette.exceptions import HTTPException

from scanner.model.document import sha256
from scanner.publish.api.parameters import BAD_REQUEST, Parameter, Query

DEFAULT_LIMIT = 100
LARGEST_LIMIT = 1000
LONGEST_PART = 64
"""Characters of a part of a place: a name may be of any length, and a query may not."""
LONGEST_MARK = 8192

Place = tuple[str, ...]
"""Where a thing stands in its list: what the list is sorted by."""

T = TypeVar("T")

LIMIT = Parameter(
    "limit",
    "How many things a page has at most.",
    {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT},
    "[1-9][0-9]{0,2}|1000",
    f"a number from 1 to {LARGEST_LIMIT}",
    several=False,
)
AFTER = Parameter(
    "after",
    "Where the page begins: what `next` of the page before says.",
    {"type": "string", "pattern": f"^[A-Za-z0-9_-]{{1,{LONGEST_MARK}}}$"},
    f"[A-Za-z0-9_-]{{1,{LONGEST_MARK}}}",
    "what `next` of the page before says",
    several=False,
)
PAGING = (LIMIT, AFTER)


def limit(query: Query) -> int:
    """Return how many things are wanted."""
    return int(query["limit"][0]) if query["limit"] else DEFAULT_LIMIT


def start(query: Query, *shape: str) -> Place | None:
    """Return the place after which the page begins; None for the first one. `shape` has a pattern for each part.

    Raises:
        HTTPException: 400, it is no place of such a list.
    """
    if not query["after"]:
        return None
    parts = _decoded(query["after"][0])
    if len(parts) == len(shape) and all(map(re.fullmatch, shape, parts)):
        return parts
    raise HTTPException(BAD_REQUEST, "after is nothing that `next` of a page said. Begin without it.")


def page(things: Iterable[T], place_of: Callable[[T], Place], query: Query, *shape: str) -> tuple[list[T], str | None]:
    """Return one page of a list, and the mark of the next one, None at the end.

    Raises:
        HTTPException: 400, as `start`.
    """
    at = start(query, *shape)
    placed = sorted(((place_of(thing), thing) for thing in things), key=lambda pair: pair[0])
    left = [thing for place, thing in placed if at is None or place > at]
    return cut(left, place_of, limit(query))


def cut(left: Sequence[T], place_of: Callable[[T], Place], most: int) -> tuple[list[T], str | None]:
    """Return what is left, `most` things of it, and the mark of the page after that, None where nothing is left."""
    return list(left[:most]), mark(place_of(left[most - 1])) if len(left) > most else None


def mark(at: Place) -> str:
    """Return a place as text that means nothing to others."""
    return base64.urlsafe_b64encode(json.dumps(at).encode()).decode().rstrip("=")


def part(text: str) -> str:
    """Return what stands for a text in a place: itself, or its hash where it is long."""
    return text if len(text) <= LONGEST_PART else sha256(text)


def _decoded(text: str) -> Place:
    try:
        found = json.loads(base64.urlsafe_b64decode(f"{text}=="))
    except (ValueError, RecursionError):
        return ()
    is_place = isinstance(found, list) and all(isinstance(one, str) for one in found)
    return tuple(found) if is_place else ()
