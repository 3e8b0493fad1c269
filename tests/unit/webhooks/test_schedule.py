"""Pauses grow, spread, and keep to what the endpoint asks for; after three days a message is given up."""

from datetime import UTC, datetime, timedelta

import pytest

from scanner.publish.webhooks.schedule import LONGEST_WISH, Schedule, pause, wish

PLAN = Schedule()
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def seconds(failed: int, chance: float = 0.5, wished: float | None = None) -> float | None:
    wait = pause(PLAN, failed, chance, None if wished is None else timedelta(seconds=wished))
    return None if wait is None else wait.total_seconds()


def test_pauses_double_up_to_an_hour() -> None:
    assert [seconds(failed) for failed in (1, 2, 3, 10, 11, 60)] == [5, 10, 20, 2560, 3600, 3600]


def test_pauses_are_spread_by_a_quarter() -> None:
    assert (seconds(1, 0.0), seconds(1, 1.0)) == (3.75, 6.25)


def test_a_message_is_given_up_after_about_three_days() -> None:
    waits = [seconds(failed) for failed in range(1, 100)]
    last = waits.index(None)
    patience = timedelta(seconds=sum(wait for wait in waits[:last] if wait))

    assert waits[last:] == [None] * (99 - last)
    assert timedelta(days=2.9) < patience < timedelta(days=3.1)


@pytest.mark.parametrize(("wished", "waited"), [(60, 60), (1, 5), (10**9, 86_400), (0, 5)])
def test_a_longer_pause_is_kept_where_the_endpoint_asks_for_it(wished: float, waited: float) -> None:
    assert seconds(1, wished=wished) == waited


def test_an_endpoint_that_asks_for_patience_gets_no_more_attempts_for_it() -> None:
    assert seconds(PLAN.attempts, wished=60) is None


@pytest.mark.parametrize(
    ("header", "wished"),
    [
        (None, None),
        ("120", timedelta(minutes=2)),
        (" 7 ", timedelta(seconds=7)),
        ("9" * 400, LONGEST_WISH),
        ("Sun, 22 Nov 2026 09:00:30 GMT", timedelta(seconds=30)),
        ("Sun, 22 Nov 2026 08:00:00 GMT", timedelta()),
        ("Sun, 22 Nov 2026 09:00:30 -0000", None),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("\u0663", None),
        ("Mon, 99 Nov 2026 09:00:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_or_nothing(header: str | None, wished: timedelta | None) -> None:
    assert wish(header, NOW) == wished
