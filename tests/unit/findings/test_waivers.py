"""Which failures a waiver covers: exactly those that it names, while its time lasts, and nothing that was not seen."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.findings.waivers import checked, covers, matches, names, reaches, waived
from scanner.model.result import STATUSES, Outcome, Status, Subject
from scanner.model.waiver import Waiver
from tests.unit.findings.waivers import ENDED, NOW, gateway, outcome, pair, result, waiver, whole_cluster
from tests.unit.publish.builders import document
from tests.unit.publish.builders import result as stored

ODD = st.text(alphabet="aB[]!*?-^\\.\n\u202eé", max_size=12)


@given(pattern=ODD, text=ODD)
def test_a_pattern_fits_as_an_independent_reading_says(pattern: str, text: str) -> None:
    expected = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)

    assert matches(pattern, text) == bool(re.fullmatch(expected, text, re.DOTALL))


@given(text=ODD)
def test_a_name_fits_itself_and_any_text_fits_everything(text: str) -> None:
    assert matches(text, text)
    assert matches("*", text)


def test_letters_are_not_alike_and_nothing_is_cut() -> None:
    assert not matches("dc1", "DC1")
    assert not matches("dc1", "dc1\n")
    assert not matches("dc1", "dc10")


def test_a_hostile_name_costs_no_time() -> None:
    assert not matches("*a*a*a*a*a*a*a*a*b", "a" * 10_000)


@pytest.mark.parametrize(
    ("subject", "called"),
    [
        (gateway(), ("gw",)),
        (gateway(partition="p", namespace="n"), ("p/n/gw",)),
        (gateway(partition="p"), ("p/gw",)),
        (pair(), ("dc2 -> dc1", "dc2 -> to-dc1", "6f1d0a52")),
        (pair(peer=None), ("dc2 -> to-dc1", "6f1d0a52")),
        (Subject("dc1", "peering", "6f1d", "to-dc2", partition="p", peer="dc2"), ("p/to-dc2", "p/6f1d")),
    ],
)
def test_a_subject_is_called_as_reports_print_it_and_by_its_id(subject: Subject, called: tuple[str, ...]) -> None:
    assert names(subject) == called


@pytest.mark.parametrize(
    ("fields", "covered"),
    [
        ({}, True),
        ({"rule": "MGP-208"}, False),
        ({"cluster": "dc1"}, True),
        ({"cluster": "dc"}, False),
        ({"cluster": "d?1"}, True),
        ({"subject": "gw"}, True),
        ({"subject": "g*"}, True),
        ({"subject": "GW"}, False),
        ({"subject": "[g]w"}, False),
    ],
)
def test_rule_cluster_and_subject_decide(fields: dict[str, str], covered: bool) -> None:  # noqa: FBT001
    assert covers(waiver(**fields), outcome()) is covered


def test_a_plain_name_is_that_of_the_default_place() -> None:
    assert not covers(waiver(subject="gw"), outcome(subject=gateway(partition="p")))
    assert covers(waiver(subject="p/gw"), outcome(subject=gateway(partition="p")))
    assert covers(waiver(subject="*gw"), outcome(subject=gateway(partition="p")))


@pytest.mark.parametrize("status", STATUSES)
def test_only_what_was_seen_to_fail_is_marked_and_it_stays_what_it_is(status: Status) -> None:
    [marked] = waived([result(status)], [waiver()], NOW)

    assert (marked.status, marked.waived_by) == (status, "w" if status == "fail" else None)


def test_the_first_of_the_file_that_counts_marks() -> None:
    there = [waiver(id="old", ends=ENDED), waiver(id="other", cluster="dc9"), waiver(id="one"), waiver(id="two")]

    [marked] = waived([result()], there, NOW)

    assert marked.waived_by == "one"
    assert marked.document()["waiver"] == {
        "id": "one",
        "owner": "team",
        "reason": "it is known",
        "ticket": None,
        "expires": "2027-01-31",
    }


@pytest.mark.parametrize(
    ("starts", "ends", "state"),
    [
        (None, NOW, "active"),
        (None, NOW - timedelta(microseconds=1), "expired"),
        (NOW, NOW, "active"),
        (NOW + timedelta(microseconds=1), NOW + timedelta(days=1), "not yet"),
        (None, datetime(2027, 1, 15, 13, 59, tzinfo=timezone(timedelta(hours=2))), "expired"),
        (None, datetime.max.replace(tzinfo=timezone(timedelta(hours=-10))), "active"),
        (datetime.min.replace(tzinfo=UTC), NOW, "active"),
    ],
)
def test_it_counts_from_its_first_moment_to_its_last(starts: datetime | None, ends: datetime, state: str) -> None:
    timed = waiver(starts=starts, ends=ends)

    assert timed.state(NOW) == state
    assert [one.waived_by for one in waived([result()], [timed], NOW)] == ["w" if state == "active" else None]


@pytest.mark.parametrize(
    ("there", "outcomes", "doubt"),
    [
        (waiver(), [outcome("pass")], None),
        (waiver(), [outcome("pass"), outcome("unknown", rule="MGP-1")], None),
        (waiver(), [outcome("pass", rule="MGP-1")], "MGP-204 was not judged in this scan"),
        (waiver(cluster="dc9"), [outcome()], "no cluster that it speaks of (dc9) is in this scan"),
        (waiver(), [outcome("unknown")], "MGP-204 could not be judged whole in dc1"),
        (waiver(), [outcome("error", whole_cluster())], "MGP-204 could not be judged whole in dc1"),
        (waiver(subject="gw"), [outcome("unknown", whole_cluster())], "MGP-204 could not be judged whole in dc1"),
        (waiver(subject="gw"), [outcome("unknown", gateway(name="other"))], None),
        (waiver(cluster="dc2"), [outcome("unknown", whole_cluster())], None),
        (
            waiver(cluster="dc2"),
            [outcome("error", Subject("", "rule", "MGP-204", "x"))],
            "MGP-204 could not be judged whole",
        ),
        (waiver(subject="dc2 -> dc1"), [outcome("unknown", pair(None))], "MGP-204 could not be judged whole in dc2"),
        (waiver(subject="dc3 -> dc1"), [outcome("unknown", pair())], None),
    ],
)
def test_what_may_hide_a_failure_is_told(there: Waiver, outcomes: list[Outcome], doubt: str | None) -> None:
    [found] = reaches([there], outcomes, ["dc1", "dc2"])

    assert found.doubt == doubt


def test_waivers_are_checked_against_stored_results() -> None:
    results = document([stored("MGP-204", "dc1", "fail"), stored("MGP-204", "dc2", "unknown")], 1)
    there = [waiver(id="one", cluster="dc1"), waiver(id="two", cluster="dc2", ends=ENDED)]

    told = [(one.state, one.matches, one.doubt) for one in checked(there, NOW, results)]

    assert told == [("active", 1, None), ("expired", 0, "MGP-204 could not be judged whole in dc2")]
    assert [(one.state, one.matches) for one in checked(there, NOW, None)] == [("active", None), ("expired", None)]
