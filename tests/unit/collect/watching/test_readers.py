"""A slow cluster holds up nobody, and is read again as soon as it can be."""

import threading
import time

import pytest

from scanner.collect.watching import readers as readers_module
from scanner.collect.watching.agenda import COMPARED, POLLED, WHOLE
from scanner.collect.watching.readers import Readers

LIMIT_S, PATIENCE_S = 0.25, 5.0
"""The limit has room for threads to start, and for who is quick to end, on a host with other work to do."""


class Slow:
    """Reads as soon as it may."""

    def __init__(self, *, may: bool = True) -> None:
        self.busy = False
        self.may = threading.Event()
        self.read_sections: list[frozenset[str]] = []
        self.document = {"name": "known"}
        if may:
            self.may.set()

    def read(self, sections: frozenset[str]) -> None:
        self.may.wait(5)
        self.read_sections.append(sections)


def group(late: threading.Event, **slow: Slow) -> Readers:
    return Readers(slow, late.set)  # type: ignore[arg-type]


def test_what_is_due_is_read_and_known() -> None:
    quick, idle = Slow(), Slow()
    readers = group(threading.Event(), quick=quick, idle=idle)
    assert not readers.read({"quick": COMPARED}, PATIENCE_S)
    assert (quick.read_sections, idle.read_sections) == ([COMPARED], [])
    assert readers.documents == {"quick": {"name": "known"}, "idle": {"name": "known"}}


def test_a_slow_one_is_left_behind_and_says_when_it_is_done() -> None:
    late, slow, quick = threading.Event(), Slow(may=False), Slow()
    readers = group(late, slow=slow, quick=quick)
    started = time.monotonic()
    assert not readers.read({"slow": WHOLE, "quick": WHOLE}, LIMIT_S)
    assert time.monotonic() - started < 1
    assert (quick.read_sections, slow.busy, late.is_set()) == ([WHOLE], True, False)
    assert readers.late == {"slow"}
    slow.may.set()
    assert late.wait(5)
    assert not slow.busy
    assert readers.late == set()


def test_one_that_began_late_says_when_it_is_done_however_quick_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers_module, "CLUSTERS_AT_ONCE", 1)

    began: list[Slow] = []

    class InTurn(Slow):
        """The first, whichever that is, takes much of what is waited for; the second ends when it may."""

        def read(self, sections: frozenset[str]) -> None:
            began.append(self)
            if len(began) == 1:
                time.sleep(0.8 * LIMIT_S)
            else:
                super().read(sections)

    late, one, other = threading.Event(), InTurn(may=False), InTurn(may=False)
    readers = group(late, one=one, other=other)
    # The second takes less than the limit by itself: it is late as it ends after the limit.
    assert not readers.read({"one": WHOLE, "other": WHOLE}, 2 * LIMIT_S)
    assert len(began) == 2
    assert not late.is_set()
    began[1].may.set()
    assert late.wait(5)


def test_who_is_waited_for_to_the_end_wakes_nobody() -> None:
    late = threading.Event()
    assert not group(late, quick=Slow()).read({"quick": WHOLE}, PATIENCE_S)
    assert not late.is_set()


def test_what_a_busy_one_could_not_be_asked_is_asked_when_it_is_free() -> None:
    slow = Slow()
    readers = group(threading.Event(), slow=slow)
    slow.busy = True
    assert not readers.read({"slow": COMPARED}, LIMIT_S)
    assert not readers.read({"slow": POLLED}, LIMIT_S)
    assert slow.read_sections == []
    slow.busy = False
    assert readers.late == {"slow"}, "what it read meanwhile was asked for before"
    assert not readers.read({}, PATIENCE_S)
    assert readers.late == set()
    assert not readers.read({}, PATIENCE_S)
    assert slow.read_sections == [COMPARED]


def test_a_full_reading_that_is_owed_is_not_made_a_poll() -> None:
    slow = Slow()
    readers = group(threading.Event(), slow=slow)
    slow.busy = True
    readers.read({"slow": WHOLE}, LIMIT_S)
    slow.busy = False
    readers.read({"slow": POLLED}, PATIENCE_S)
    assert slow.read_sections == [WHOLE]


def test_those_for_whom_no_thread_was_left_are_owed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers_module, "CLUSTERS_AT_ONCE", 1)
    one, other = Slow(may=False), Slow(may=False)
    readers = group(threading.Event(), one=one, other=other)
    assert readers.read({"one": WHOLE, "other": WHOLE}, LIMIT_S)
    assert [one.busy, other.busy].count(True) == 1
    one.may.set()
    other.may.set()
    owed = other if one.busy or one.read_sections else one
    readers.read({}, PATIENCE_S)
    assert owed.read_sections == [WHOLE]


def test_one_that_breaks_is_free_again() -> None:
    class Broken(Slow):
        def read(self, sections: frozenset[str]) -> None:
            raise KeyError(*sections)

    broken = Broken()
    with pytest.raises(KeyError):
        group(threading.Event(), broken=broken).read({"broken": WHOLE}, PATIENCE_S)
    assert not broken.busy
