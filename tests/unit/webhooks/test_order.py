"""A message that waits holds its own findings, and no other."""

from dataclasses import replace
from datetime import datetime

from scanner.model.outbox import Message
from scanner.publish.webhooks.order import next_message
from tests.unit.findings.scans import START, after


def message(number: int, about: str, due: datetime = START) -> Message:
    return Message(number, f"m-{number}", START, 1, due, frozenset(about))


def test_the_oldest_goes_first() -> None:
    first = message(1, "a")
    assert next_message([first, message(2, "b")], START) == first
    assert next_message([], START) is None


def test_what_is_not_due_waits() -> None:
    assert next_message([message(1, "a", after(60))], after(59)) is None
    assert next_message([message(1, "a", after(60))], after(60)) is not None


def test_a_first_attempt_is_due_at_once() -> None:
    new = replace(message(1, "a", after(60)), attempts=0)
    assert next_message([new], START) == new


def test_a_message_waits_for_an_older_one_about_the_same() -> None:
    late = message(1, "ab", after(60))
    assert next_message([late, message(2, "b")], START) is None
    assert next_message([late, message(2, "c")], START) == message(2, "c")


def test_what_is_held_holds_too() -> None:
    waiting = [message(1, "a", after(60)), message(2, "ab"), message(3, "b"), message(4, "c")]
    assert next_message(waiting, START) == message(4, "c")
