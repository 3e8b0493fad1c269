"""Where the system has no thread to give, nothing is lost: it is told, and tried again."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from scanner.collect.parallel import in_parallel
from scanner.collect.watching.agenda import WHOLE
from scanner.collect.watching.bell import Bell
from scanner.collect.watching.connection import Connection
from scanner.collect.watching.reader import ClusterReader
from scanner.collect.watching.readers import Readers
from scanner.collect.watching.watch import Timing
from scanner.collect.watching.watches import Watches
from tests.unit.collect.answers import Memory, healthy, target

UNREAD: dict[str, Any] = {"access": None, "gateways": None}


class Limit:
    """Lets so many more threads start."""

    def __init__(self, left: int) -> None:
        self.left = left

    def start(self, begin: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
        def limited(thread: threading.Thread) -> None:
            if not self.left:
                raise RuntimeError("can't start new thread")
            self.left -= 1
            begin(thread)

        return limited


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Limit:
    made = Limit(0)
    monkeypatch.setattr(threading.Thread, "start", made.start(threading.Thread.start))
    return made


def test_a_watch_without_a_thread_fails_and_is_started_when_there_is_one(limit: Limit) -> None:
    watches = Watches("dc1", Connection(target(), lambda _target: Memory(healthy())), Bell(), Timing())
    with capture_logs() as logs:
        watches.follow(UNREAD, 0)
        watches.follow(UNREAD, 0)
    assert [(one.watch, one.failures) for one in watches.states()] == [("mesh", 2), ("proxy_defaults", 2), ("roots", 2)]
    assert [entry["event"] for entry in logs] == ["watch fails"] * 3, "each is told once"
    assert "can't start new thread. Raise the limit" in logs[0]["reason"]

    limit.left = 10
    watches.follow(UNREAD, 0)
    watches.stop()
    assert limit.left == 7
    watches.follow(UNREAD, 0)
    assert limit.left == 7, "each runs once"


def test_what_is_watched_no_more_is_not_tried_any_more(limit: Limit) -> None:
    watches = Watches("dc1", Connection(target(), lambda _target: Memory(healthy())), Bell(), Timing())
    watches.follow({"access": {"missing": []}, "gateways": {}}, 0)
    assert "servers" in {one.watch for one in watches.states()}
    watches.follow({"access": {"missing": ["service:read"]}, "gateways": {}}, 0)
    assert limit.left == 0
    assert "servers" not in {one.watch for one in watches.states()}


def test_the_threads_that_there_are_do_all_the_jobs(limit: Limit) -> None:
    limit.left = 1
    assert in_parallel({"a": lambda: 1, "b": lambda: 2, "c": lambda: 3}, workers=3) == {"a": 1, "b": 2, "c": 3}


@pytest.mark.usefixtures("limit")
def test_without_any_thread_there_is_an_error_and_no_wait_without_end() -> None:
    with pytest.raises(RuntimeError):
        in_parallel({"a": lambda: 1}, workers=3)


def test_what_was_due_and_not_read_is_read_next(limit: Limit) -> None:
    reader = ClusterReader(target(), Connection(target(), lambda _target: Memory(healthy())), lambda: 0.0, lambda: 0.0)
    readers = Readers({"dc1": reader}, lambda: None)
    with pytest.raises(RuntimeError):
        readers.read({"dc1": WHOLE}, 5)
    assert readers.late == {"dc1"}
    limit.left = 100
    readers.read({}, 5)
    assert readers.late == set()
    assert reader.full_readings == 1
