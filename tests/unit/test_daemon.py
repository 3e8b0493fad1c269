"""The daemon scans on schedule, outlives every fault, and stops when told."""

import os
import signal
import threading
from collections.abc import Callable, Iterator

import pytest
from structlog.testing import capture_logs

from scanner.daemon import Clock, attempt, pause, serve, watch
from scanner.errors import EngineError, UsageError
from scanner.model.document import Json
from scanner.publish.access.door import Door
from scanner.publish.access.settings import OPEN
from scanner.publish.bind import listen, parse_bind
from scanner.publish.state import Board
from scanner.publish.web import Outlet
from tests.unit.publish.samples import entry_missing, healthy, unreachable

ANYBODY = Outlet(Door(lambda: OPEN), ())


class FakeTime:
    """A clock that moves only when somebody waits, and tells to stop after so many waits."""

    def __init__(self, waits: int) -> None:
        self.now = 1000.0
        self.starts: list[float] = []
        self._waits = waits

    def clock(self) -> Clock:
        return Clock(unix=lambda: self.now, steady=lambda: self.now)

    def stop(self) -> threading.Event:
        event = threading.Event()

        def wait(timeout: float | None = None) -> bool:
            self.now += timeout or 0
            self._waits -= 1
            if not self._waits:
                event.set()
            return event.is_set()

        event.wait = wait  # type: ignore[method-assign]
        return event

    def audit_of(self, seconds: float) -> Callable[[], Json]:
        def audit() -> Json:
            self.starts.append(self.now)
            self.now += seconds
            return healthy()

        return audit


@pytest.mark.parametrize(("elapsed", "seconds"), [(0, 60), (10, 50), (60, 60), (61, 59), (150, 30)])
def test_pauses_until_the_next_point_of_the_schedule(elapsed: float, seconds: float) -> None:
    assert pause(elapsed, 60) == seconds


@pytest.mark.parametrize(("takes", "starts"), [(2, [1000, 1060, 1120]), (70, [1000, 1120, 1240])])
def test_scans_at_once_and_then_on_a_fixed_schedule_without_overlap(takes: float, starts: list[float]) -> None:
    fake = FakeTime(waits=3)
    watch(fake.audit_of(takes), Board(), 60, fake.stop(), fake.clock())
    assert fake.starts == starts


def test_publishes_what_a_scan_gave_and_how_long_it_took() -> None:
    fake, board = FakeTime(waits=1), Board()
    attempt(fake.audit_of(2.5), board, fake.clock())
    assert board.state.results == healthy()
    assert (board.state.duration, board.state.last_attempt, board.state.last_success) == (2.5, 1000, 1002.5)


def failing(error: Exception) -> Callable[[], Json]:
    def audit() -> Json:
        raise error

    return audit


@pytest.mark.parametrize("error", [EngineError("the engine is gone"), KeyError("a bug"), MemoryError()])
def test_a_fault_is_counted_and_logged_and_the_last_results_stay(error: Exception) -> None:
    fake, board = FakeTime(waits=1), Board()
    attempt(fake.audit_of(1), board, fake.clock())
    with capture_logs() as logs:
        attempt(failing(error), board, fake.clock())
    assert board.state.results == healthy()
    assert (board.state.successes, board.state.failures) == (1, 1)
    assert board.state.trouble
    assert [entry["event"] for entry in logs] == ["scan failed"]
    assert type(error).__name__ in logs[0]["trace"]


def test_results_that_are_none_do_not_replace_good_ones() -> None:
    fake, board = FakeTime(waits=1), Board()
    attempt(fake.audit_of(1), board, fake.clock())
    attempt(dict, board, fake.clock())
    assert board.state.results == healthy()
    assert board.state.failures == 1


def test_the_trace_of_a_fault_shows_no_values_of_variables() -> None:
    def audit() -> Json:
        token = "secret-" + "token"
        raise EngineError(f"{len(token)} characters were refused")

    with capture_logs() as logs:
        attempt(audit, Board(), Clock())
    assert "secret-token" not in str(logs)


def test_tells_of_each_scan_with_fields() -> None:
    fake = FakeTime(waits=1)
    with capture_logs() as logs:
        attempt(fake.audit_of(1.5), Board(), fake.clock())
        attempt(unreachable, Board(), fake.clock())
    first, second = logs
    assert first == {
        "event": "scan finished",
        "log_level": "info",
        "scan_id": healthy()["scan"]["id"],
        "failures": 0,
        "coverage": 1.0,
        "unreachable": [],
        "duration_seconds": 1.5,
    }
    assert second["unreachable"] == ["dc2"]


def test_a_port_that_is_taken_is_said_before_anything_is_scanned() -> None:
    with listen(parse_bind("127.0.0.1:0")) as taken:
        bind = parse_bind(f"127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(UsageError, match="Address already in use"):
            serve(failing(AssertionError()), bind=bind, outlet=ANYBODY, interval=60)


@pytest.fixture
def _own_signal_handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_own_signal_handlers")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_returns_on_a_signal(number: signal.Signals) -> None:
    def audit() -> Json:
        threading.Timer(0.2, os.kill, (os.getpid(), number)).start()
        return entry_missing()

    with capture_logs() as logs:
        serve(audit, bind=parse_bind("127.0.0.1:0"), outlet=ANYBODY, interval=60)
    assert [entry["event"] for entry in logs] == ["listening", "scan finished", "stopping"]
    assert logs[-1]["audit_cut_off"] is False


def stopping() -> Json:
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
    return healthy()


@pytest.mark.usefixtures("_own_signal_handlers")
@pytest.mark.parametrize(("address", "warnings"), [("127.0.0.1:0", 0), ("[::ffff:127.0.0.1]:0", 1)])
def test_warns_where_passwords_cross_the_network_in_the_clear(address: str, warnings: int) -> None:
    with capture_logs() as logs:
        serve(stopping, bind=parse_bind(address), outlet=ANYBODY, interval=60)
    assert (logs[0]["tls"], logs[0]["asks_callers"]) == (False, False)
    assert [entry["log_level"] for entry in logs].count("warning") == warnings


@pytest.mark.usefixtures("_own_signal_handlers")
def test_ends_the_process_with_0_where_an_audit_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    exits: list[int] = []
    monkeypatch.setattr(os, "_exit", exits.append)

    def audit() -> Json:
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
        over.wait(20)
        return healthy()

    with capture_logs():
        serve(audit, bind=parse_bind("127.0.0.1:0"), outlet=ANYBODY, interval=60)
        over.set()
        next(thread for thread in threading.enumerate() if thread.name == "watch").join()
    assert exits == [0]
