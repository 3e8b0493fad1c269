"""Findings go from scan to scan as the table of docs/findings.md says, row by row, and in any order of scans."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.findings.lifecycle import Failure, Sight, event, stepped
from scanner.model.finding import ENDED, Finding, State
from tests.unit.findings.scans import SETTLE, START, after, result

PAGE = (Path(__file__).parents[3] / "docs/findings.md").read_text()
FAILURE = Failure.from_result(result("MGP-204", "fail"))
NEVER_SETTLED = timedelta(days=1)
SIGHTS: dict[str, tuple[Sight, timedelta]] = {
    "fails": (FAILURE, NEVER_SETTLED),
    "fails, settled": (FAILURE, timedelta(0)),
    "passes": ("passes", SETTLE),
    "gone": ("gone", SETTLE),
    "left": ("left", SETTLE),
    "unclear": ("unclear", SETTLE),
}


def transitions() -> list[list[str]]:
    table = re.search(r"\| state \| the scan shows \| becomes \| told \|\n\|---.*\n((?:\|.*\n)+)", PAGE)
    assert table
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in table[1].splitlines()]


def finding(state: str, failing_since: datetime | None = START) -> Finding | None:
    if state == "none":
        return None
    opened = None if state == "pending" else START
    known = Finding("f", "open", **vars(FAILURE), failing_since=failing_since, last_failed_at=START, opened_at=opened)
    states: dict[str, State] = {each: each for each in get_args(State)}
    ended = state in ENDED
    return replace(
        known,
        state=states[state],
        resolved_at=START if ended else None,
        failing_since=None if ended else failing_since,
    )


def test_the_table_has_a_row_for_each_state_and_each_sight() -> None:
    states = ("none", "pending", "open", "resolved", "reopened", "withdrawn")

    assert [(state, shown) for state, shown, _, _ in transitions()] == [(s, shown) for s in states for shown in SIGHTS]


@pytest.mark.parametrize(("state", "shown", "becomes", "told"), transitions(), ids=" ".join)
def test_each_row_of_the_table(state: str, shown: str, becomes: str, told: str) -> None:
    sight, settle = SIGHTS[shown]
    before = finding(state)

    now = stepped("f", before, sight, settle, after(1))

    assert (now.state if now else "none", event(before, now) or "") == (becomes, told)


def test_a_failure_settles_from_the_moment_it_was_first_seen() -> None:
    first = stepped("f", None, FAILURE, SETTLE, START)
    early = stepped("f", first, FAILURE, SETTLE, after(59.9))
    settled = stepped("f", early, FAILURE, SETTLE, after(60))

    assert [each.state for each in (first, early, settled) if each] == ["pending", "pending", "open"]
    assert settled
    assert (settled.failing_since, settled.opened_at, settled.last_failed_at) == (START, after(60), after(60))


def test_one_that_passed_while_it_settled_starts_anew() -> None:
    failing = stepped("f", finding("resolved"), FAILURE, SETTLE, START)
    passing = stepped("f", failing, "passes", SETTLE, after(30))
    again = stepped("f", passing, FAILURE, SETTLE, after(70))

    assert (failing and failing.failing_since, passing and passing.failing_since) == (START, None)
    assert again
    assert (again.state, again.failing_since) == ("resolved", after(70))
    later = stepped("f", again, FAILURE, SETTLE, after(130))
    assert later
    assert (later.state, later.resolved_at) == ("reopened", None)


def test_what_nobody_saw_counts_as_time_but_opens_nothing() -> None:
    failing = stepped("f", None, FAILURE, SETTLE, START)
    unseen = stepped("f", failing, "unclear", SETTLE, after(600))
    seen = stepped("f", unseen, FAILURE, SETTLE, after(601))

    assert unseen == failing
    assert seen
    assert seen.state == "open"


def test_an_open_finding_that_nobody_can_judge_keeps_when_it_last_failed() -> None:
    known = stepped("f", finding("open"), FAILURE, SETTLE, after(10))

    assert stepped("f", known, "unclear", SETTLE, after(99)) == known
    assert known
    assert known.last_failed_at == after(10)


def test_a_clock_that_was_set_back_makes_nothing_wait_longer_than_its_time() -> None:
    failing = stepped("f", None, FAILURE, SETTLE, after(3600))
    set_back = stepped("f", failing, FAILURE, SETTLE, START)
    settled = stepped("f", set_back, FAILURE, SETTLE, after(60))

    assert set_back
    assert (set_back.state, set_back.failing_since) == ("pending", START)
    assert settled
    assert settled.state == "open"


def muted(**fields: Any) -> Failure:
    return Failure.from_result(result("MGP-204", "fail", **fields))


CAUSE = {"rule": "MGP-301", "cluster": "dc1", "kind": "cluster", "id": "dc1"}


@pytest.mark.parametrize("marked", [muted(waived_by="w-1"), muted(caused_by=[CAUSE])])
def test_marks_are_told_while_a_finding_is_open(marked: Failure) -> None:
    opened = stepped("f", None, marked, timedelta(0), START)
    bare = stepped("f", opened, FAILURE, timedelta(0), after(1))
    again = stepped("f", bare, marked, timedelta(0), after(2))

    assert [event(None, opened), event(opened, bare), event(bare, again), event(again, again)] == [
        "opened",
        "unmuted",
        "muted",
        None,
    ]
    assert opened
    assert opened.is_muted


def seen_over_time(*seen: tuple[float, Sight], settle: timedelta = SETTLE) -> tuple[list[str], Finding]:
    """Return what is told of such scans, each with its second, and the finding after them."""
    known: Finding | None = None
    told = []
    for second, sight in seen:
        before, known = known, stepped("f", known, sight, settle, after(second))
        told.append(f"{second:g} {event(before, known)}")
    assert known
    return [each for each in told if not each.endswith("None")], known


MUTED, WAIVED = muted(caused_by=[CAUSE]), muted(waived_by="w-1")


@pytest.mark.parametrize("marked", [MUTED, WAIVED])
def test_a_mark_that_goes_is_told_once_it_fails_so_for_as_long_as_its_rule_asks(marked: Failure) -> None:
    told, kept = seen_over_time((0, marked), (60, marked), (100, FAILURE), (159, FAILURE))
    assert (told, kept.is_muted, kept.unmarked_since) == (["60 opened"], True, after(100))

    told, bare = seen_over_time((0, marked), (60, marked), (100, FAILURE), (160, FAILURE))
    assert (told, bare.is_muted, bare.unmarked_since) == (["60 opened", "160 unmuted"], False, None)


def test_what_follows_its_cause_in_that_time_is_resolved_without_a_word_more() -> None:
    told, kept = seen_over_time((0, MUTED), (60, MUTED), (100, FAILURE), (150, "passes"))

    assert told == ["60 opened", "150 resolved"]
    assert (kept.unmarked_since, kept.failing_since) == (None, None)


def test_a_mark_that_comes_back_in_that_time_starts_it_anew() -> None:
    told, _ = seen_over_time((0, MUTED), (60, MUTED), (100, FAILURE), (150, WAIVED), (155, FAILURE), (210, FAILURE))

    assert told == ["60 opened"]


def test_what_opens_while_its_cause_was_just_mended_opens_muted() -> None:
    told, opened = seen_over_time((0, MUTED), (58, FAILURE), (60, FAILURE))
    assert (told, opened.is_muted) == (["60 opened"], True)

    told, _ = seen_over_time((0, MUTED), (58, FAILURE), (60, FAILURE), (118, FAILURE))
    assert told == ["60 opened", "118 unmuted"]


def test_marks_of_a_failure_that_ended_are_not_those_of_the_next_one() -> None:
    _, ended = seen_over_time((0, MUTED), (60, MUTED), (100, "passes"))

    again = stepped("f", ended, FAILURE, timedelta(0), after(101))

    assert again
    assert (again.state, again.is_muted) == ("reopened", False)


def test_a_clock_that_was_set_back_keeps_no_mark_longer_than_its_time() -> None:
    told, _ = seen_over_time((0, MUTED), (60, MUTED), (3600, FAILURE), (70, FAILURE), (130, FAILURE))

    assert told == ["60 opened", "130 unmuted"]


class Model:
    """Findings told once more, as a list of what was seen: slow, and in no way like the code."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, float]] = []

    def state(self) -> str:
        """Fold over all that was ever seen."""
        ever, standing, since = False, False, None
        reopened, withdrawn = False, False
        for shown, at in self.seen:
            if shown == "fails":
                since = at if since is None else since
                if not standing and at - since >= SETTLE.total_seconds():
                    standing, reopened, ever = True, ever, True
            elif shown != "unclear":
                withdrawn = shown == "left" and (standing or withdrawn)
                standing, since = False, None
        if standing:
            return "reopened" if reopened else "open"
        if ever:
            return "withdrawn" if withdrawn else "resolved"
        return "none" if since is None else "pending"


SHOWN = st.sampled_from(["fails", "passes", "gone", "left", "unclear"])


@given(st.lists(st.tuples(SHOWN, st.integers(0, 90)), max_size=25))
def test_any_sequence_of_scans_agrees_with_a_model_of_its_own(steps: list[tuple[str, int]]) -> None:
    model, at = Model(), 0
    known: Finding | None = None
    told = []
    for shown, pause in steps:
        at += pause
        sight: Sight = FAILURE if shown == "fails" else SIGHTS[shown][0]
        before, known = known, stepped("f", known, sight, SETTLE, after(at))
        told.append(event(before, known))
        model.seen.append((shown, at))
        assert (known.state if known else "none") == model.state()
    openings = sum(what in {"opened", "reopened"} for what in told)
    assert openings - told.count("resolved") == (known is not None and known.is_open)
    assert told.count("opened") <= 1
    assert not any(what and shown == "unclear" for what, (shown, _) in zip(told, steps, strict=True))
