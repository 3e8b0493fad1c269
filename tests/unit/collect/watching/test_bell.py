"""What is rung is heard, once."""

from scanner.collect.watching.bell import Bell


def test_what_was_rung_is_not_lost_and_taken_once() -> None:
    bell = Bell()
    bell.ring("dc1", whole=True)
    bell.ring("dc1")
    bell.ring("dc2")
    assert bell.wait(0)
    assert bell.taken() == {"dc1": True, "dc2": False}
    assert not bell.wait(0)
    assert bell.taken() == {}


def test_a_wake_ends_the_wait_and_names_nobody() -> None:
    bell = Bell()
    bell.wake()
    assert bell.wait(0)
    assert bell.taken() == {}
