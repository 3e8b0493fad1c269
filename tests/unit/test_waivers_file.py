"""The waivers file: what it may say, and how it is told what it may not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner.config.waivers import load_waivers
from scanner.errors import ConfigError
from scanner.model.waiver import Waiver
from scanner.wiring import known_rules

Load = Callable[[str], tuple[Waiver, ...]]

WHOLE = """
- id: NET-7
  rule: MGP-204
  cluster: dc1
  subject: mesh-gateway
  owner: team-net
  reason: >-
    The gateway is rebuilt
    in week 4.
  ticket: NET-7
  starts: 2027-01-10
  expires: 2027-01-31
- {id: b, rule: MGP-301, cluster: "*", subject: "*", owner: o, reason: r, expires: "2027-01-31T18:00:00+02:00"}
"""
ONE: dict[str, Any] = {"id": "a", "rule": "MGP-204", "cluster": "dc1", "subject": "gw", "owner": "o", "reason": "r"}
ONE |= {"expires": "2027-01-31"}


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load_text(text: str) -> tuple[Waiver, ...]:
        path = tmp_path / "waivers.yaml"
        path.write_text(text)
        return load_waivers(path, known_rules(()))

    return load_text


def test_a_whole_file(load: Load) -> None:
    first, second = load(WHOLE)

    assert first == Waiver(
        "NET-7",
        "MGP-204",
        "dc1",
        "mesh-gateway",
        "team-net",
        "The gateway is rebuilt in week 4.",
        "NET-7",
        datetime(2027, 1, 10, tzinfo=UTC),
        datetime(2027, 1, 31, 23, 59, 59, 999999, tzinfo=UTC),
        "2027-01-31",
    )
    assert (second.starts, second.ticket) == (None, None)
    assert second.ends == datetime(2027, 1, 31, 18, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[]\n"])
def test_a_file_with_nothing_in_it_has_no_waivers(load: Load, text: str) -> None:
    assert load(text) == ()


def test_the_last_day_of_the_calendar_is_one(load: Load) -> None:
    assert load(yaml.safe_dump([ONE | {"expires": "9999-12-31"}]))[0].state(datetime.now(UTC)) == "active"


@pytest.mark.parametrize(
    ("change", "message", "advice"),
    [
        ({"ownr": "x"}, ": 0.ownr is not a known key", "Did you mean owner?"),
        ({"expires": None}, ": 0.expires has to be a date such as 2027-01-31", "See docs/waivers.md"),
        ({"expires": "2027-02-30"}, ": expires is 2027-02-30, which no calendar has", "a date that exists"),
        ({"expires": "2027-01-31T25:00Z"}, "which no calendar has", "a date that exists"),
        ({"expires": "2027-01-31T10:00:00"}, ": 0.expires has to be a date", ""),
        ({"expires": "2027-01-31\n"}, ": 0.expires has to be a date", ""),
        ({"expires": "in March"}, ": 0.expires has to be a date", ""),
        ({"starts": "2027-02-01"}, ": waiver a starts after it expires", "See docs/waivers.md"),
        ({"starts": "2027-13-01"}, ": starts is 2027-13-01, which no calendar has", ""),
        ({"rule": "MGP-240"}, ": there is no rule MGP-240", "Did you mean MGP-"),
        ({"rule": "mgp-204"}, ": 0.rule has to be a rule id such as MGP-301", ""),
        ({"rule": "MGP-801"}, ": MGP-801 judges waivers, and cannot be waived", "rules.disabled"),
        ({"id": "a b"}, ": 0.id has to be an id of letters", ""),
        ({"id": 7}, ": 0.id has to be an id of letters", ""),
        ({"reason": "  "}, ": 0.reason has to be text, not blank", ""),
        ({"ticket": 12}, ": 0.ticket has to be text, not blank (a number in quotes)", ""),
        ({"subject": ""}, ": 0.subject has to be the name or id of a subject", ""),
    ],
)
def test_a_waiver_that_cannot_be_used_is_refused(load: Load, change: dict[str, Any], message: str, advice: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        load(yaml.safe_dump([ONE | change]))

    assert message in refusal.value.message
    assert advice in refusal.value.advice


@pytest.mark.parametrize("missing", ["id", "rule", "cluster", "subject", "owner", "reason", "expires"])
def test_nothing_but_ticket_and_start_may_be_missing(load: Load, missing: str) -> None:
    with pytest.raises(ConfigError, match=f": 0 lacks {missing}"):
        load(yaml.safe_dump([{key: value for key, value in ONE.items() if key != missing}]))


@pytest.mark.parametrize(
    ("text", "message", "advice"),
    [
        ("waivers: []\n", "the file has to be a list of waivers", "See docs/waivers.md"),
        ("- a\n", ":1: 0 has to be a mapping of id", "See docs/waivers.md"),
        ("- {id: [\n", " is not YAML: ", "See docs/waivers.md for an example"),
        ("- &a {id: x}\n- *a\n", ":2: aliases", "Write the value out"),
        ("- id: x\n  id: y\n", ":2: 'id' stands twice", "Remove one"),
    ],
)
def test_a_file_that_is_none_is_refused(load: Load, text: str, message: str, advice: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        load(text)

    assert message in refusal.value.message
    assert advice in refusal.value.advice


def test_an_id_stands_once_and_both_places_are_told(load: Load) -> None:
    with pytest.raises(ConfigError, match=r"waivers\.yaml:13: the id NET-7 stands at .*waivers\.yaml:2 already"):
        load(WHOLE.replace("{id: b", "{id: NET-7"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml cannot be read"):
        load_waivers(tmp_path / "none.yaml", known_rules(()))
