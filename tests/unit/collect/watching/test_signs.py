"""How long a peering was silent is measured on one clock, and never told shorter or longer than it can have been."""

from typing import Any

import pytest

from scanner.collect.watching.signs import Signs, signs_after, with_silence

SECOND = 10**9


def peerings(heartbeat: int | None, message: int | None = None) -> dict[str, Any]:
    return {"id": {"name": "dc2", "last_heartbeat_ns": heartbeat, "last_receive_ns": message}}


def silent(*readings: tuple[dict[str, Any] | None, float, float]) -> Any:
    """Return what is told after readings: what they showed, when they began and ended."""
    signs: Signs = {}
    for shown, began, ended in readings:
        signs = signs_after(signs, shown, began, ended)
    last, _, ended = readings[-1]
    found = with_silence({"peerings": last}, signs, ended)["peerings"]
    return found and found["id"].get("silent")


def seconds(least: int, most: int | None) -> dict[str, int | None]:
    return {"at_least_ns": least * SECOND, "at_most_ns": None if most is None else most * SECOND}


def test_one_reading_tells_nothing_of_how_long() -> None:
    assert silent((peerings(7), 100, 102)) == seconds(0, None)


def test_a_sign_that_is_new_came_since_the_reading_before_it_began() -> None:
    assert silent((peerings(7), 100, 102), (peerings(8), 115, 116)) == seconds(0, 16)


def test_one_that_stays_the_same_is_older_than_what_lies_between_the_readings() -> None:
    assert silent((peerings(7), 100, 102), (peerings(7), 115, 116), (peerings(7), 130, 131)) == seconds(28, None)
    later = (peerings(8), 115, 116), (peerings(8), 130, 131)
    assert silent((peerings(7), 100, 102), *later) == seconds(14, 31)


def test_a_clock_of_consuls_that_went_back_is_a_new_sign_too() -> None:
    assert silent((peerings(900), 100, 102), (peerings(8), 115, 116)) == seconds(0, 16)


@pytest.mark.parametrize("between", [None, {}, peerings(None)], ids=["unread", "gone", "no sign"])
def test_what_was_not_seen_in_between_begins_anew(between: dict[str, Any] | None) -> None:
    assert silent((peerings(7), 100, 102), (between, 115, 116), (peerings(8), 130, 131)) == seconds(0, None)


def test_without_a_heartbeat_any_message_is_a_sign_and_without_both_there_is_none() -> None:
    assert silent((peerings(None, 7), 100, 102), (peerings(None, 8), 115, 116)) == seconds(0, 16)
    assert silent((peerings(7, 7), 100, 102), (peerings(7, 8), 115, 116)) == seconds(13, None)
    assert silent((peerings(None), 100, 102)) is None
