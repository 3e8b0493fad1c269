"""A list in pages is the whole list, each thing once, also while things come and go."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from scanner.publish.api.paging import LONGEST_MARK, Place, mark, page, part, start
from scanner.publish.api.parameters import Query

ANY = "(?s:.*)"


def query(limit: int, after: str | None = None) -> Query:
    return {"limit": [str(limit)], "after": [] if after is None else [after]}


def place_of(thing: str) -> Place:
    return (part(thing),)


def pages(things: set[str], limit: int) -> list[str]:
    found, after = page(things, place_of, query(limit), ANY)
    while after is not None:
        assert len(found) % limit == 0
        more, after = page(things, place_of, query(limit, after), ANY)
        assert more
        found += more
    return found


@given(st.sets(st.text() | st.text(min_size=70, max_size=80), max_size=20), st.integers(1, 7))
def test_all_pages_together_are_the_list(things: set[str], limit: int) -> None:
    assert pages(things, limit) == sorted(things, key=place_of)


def test_a_page_goes_on_where_the_one_before_ended_whatever_happened_between() -> None:
    _, after = page("abd", place_of, query(2), ANY)
    assert page("cde", place_of, query(2, after), ANY) == (["c", "d"], mark(("d",)))
    assert page("a", place_of, query(2, after), ANY) == ([], None)


def test_without_a_limit_a_page_has_a_hundred() -> None:
    found, after = page([f"{number:03}" for number in range(101)], place_of, {"limit": [], "after": []}, ANY)
    assert (len(found), after) == (100, mark(("099",)))


@pytest.mark.parametrize(
    "after",
    [
        "A",
        "_-_-",
        mark(()),
        mark(("MGP-1", "x", "y")),
        mark(("MGP-1", "X")),
        base64.urlsafe_b64encode(b'{"a": 1}').decode().rstrip("="),
        base64.urlsafe_b64encode(b"[1, 2]").decode().rstrip("="),
        base64.urlsafe_b64encode(b"[" * 6000).decode().rstrip("="),
    ],
)
def test_what_is_no_mark_is_refused(after: str) -> None:
    with pytest.raises(HTTPException, match="Begin without it") as refused:
        start(query(1, after), "[A-Z0-9-]+", "[a-z]")
    assert refused.value.status_code == 400


@given(st.lists(st.text(min_size=1), min_size=6, max_size=6))
def test_a_mark_fits_into_its_parameter(parts: list[str]) -> None:
    made = mark(tuple(part(text) for text in parts))
    assert len(made) <= LONGEST_MARK
    assert start(query(1, made), *(ANY,) * 6) == tuple(part(text) for text in parts)


def test_the_longest_mark_there_is_fits() -> None:
    assert len(mark(("MGP-101", *("\U0001f600" * 64,) * 5))) <= LONGEST_MARK
