"""HashiCorp's rules for the index of a blocking query."""

import pytest

from scanner.collect.watching.position import Position


@pytest.mark.parametrize(
    ("before", "told", "after"),
    [(0, 7, 7), (7, 7, 7), (7, 9, 9), (9, 7, 0), (0, 0, 1), (1, 0, 0)],
    ids=["first", "time is up", "changed", "went back", "0 is no index", "0 is back"],
)
def test_the_index_to_wait_for(before: int, told: int, after: int) -> None:
    assert Position(before, b"a").after(told, b"b") == Position(after, b"b")


def test_only_another_answer_is_a_change() -> None:
    assert Position().changed(b"a")
    assert Position(7, b"a").changed(b"b")
    assert not Position(7, b"a").changed(b"a")
