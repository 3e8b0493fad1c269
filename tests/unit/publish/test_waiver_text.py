"""Waivers for people: safe to show, in columns, and readable on a narrow terminal."""

from dataclasses import replace

import pytest

from scanner.model.waiver import WaiverCheck
from scanner.publish.waiver_text import render_checks
from tests.unit.findings.waivers import waiver
from tests.unit.publish.samples import HOSTILE_NAME
from tests.unit.publish.test_table import SEQUENCE

CHECKS = [
    WaiverCheck(waiver(id="first"), "active", 2),
    WaiverCheck(waiver(id="w", cluster="dc1"), "expired", 0, "MGP-204 was not judged in this scan"),
    WaiverCheck(waiver(id="w2"), "not yet", 0),
]


def test_columns_stand_below_each_other() -> None:
    assert render_checks(CHECKS, width=200, colour=False) == (
        "first  active   MGP-204  *    *  until 2027-01-31, team  matches 2 failures\n"
        "w      expired  MGP-204  dc1  *  until 2027-01-31, team"
        "  cannot be told: MGP-204 was not judged in this scan\n"
        "w2     not yet  MGP-204  *    *  until 2027-01-31, team  matches nothing\n"
        "3 waivers: 1 active, 1 expired, 1 not yet\n"
    )


@pytest.mark.parametrize("width", [1, 40, 80])
def test_a_line_ends_where_the_terminal_does(width: int) -> None:
    shown = render_checks(CHECKS, width=width, colour=False)

    assert max(map(len, shown.splitlines())) <= max(width, 40)
    assert shown.splitlines()[0].startswith("first  active")


def test_colour_adds_nothing_but_colour() -> None:
    plain, coloured = (render_checks(CHECKS, width=200, colour=colour) for colour in (False, True))

    assert coloured != plain
    assert SEQUENCE.sub("", coloured) == plain


def test_nothing_that_a_file_says_reaches_the_terminal_raw() -> None:
    texts = dict.fromkeys(("id", "cluster", "subject", "owner", "expires"), HOSTILE_NAME)
    shown = render_checks([replace(CHECKS[1], waiver=waiver(**texts), doubt=HOSTILE_NAME)], width=900, colour=False)

    assert shown.count("\\x1b[2J") == 6
    assert all(character.isprintable() for character in shown.replace("\n", ""))
