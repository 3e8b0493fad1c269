"""The daemon scans when it is told, outlives every fault, and stops when told."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from scanner.daemon import Clock, attempt, serve, watch
from scanner.errors import EngineError, UsageError
from scanner.model.scanned import Scanned
from scanner.model.watching import ReadingState, Watching
from scanner.publish.bind import listen, parse_bind
from scanner.publish.state import Board
from scanner.publish.systemd import Systemd
from scanner.running import Running, Scan, Whole
from tests.outlets import outlet
from tests.unit.publish.samples import entry_missing, healthy, unreachable

SERVED = outlet()


class FakeTime:
    """A clock that moves only when a scan takes its time."""

    def __init__(self) -> None:
        self.now = 1000.0

    def clock(self) -> Clock:
        return Clock(unix=lambda: self.now, steady=lambda: self.now)

    def scan_of(self, seconds: float) -> Scan:
        def scan() -> Scanned:
            self.now += seconds
            return Scanned(healthy(), {})

        return scan


class FakeLive:
    """Scans as it is told, one after the other; the last wait tells the daemon to stop, unless it is closed before."""

    def __init__(self, scan: Scan, waits: int = 1) -> None:
        self.scan = scan
        self.stop = threading.Event()
        self.closed = threading.Event()
        self.waits = waits

    def wait(self) -> None:
        self.waits -= 1
        if not self.waits:
            self.stop.set()

    def watching(self) -> Watching:
        return Watching(clusters=(ReadingState("dc1"),))

    def close(self) -> None:
        self.closed.set()


class Waiting(FakeLive):
    """Waits until it is closed."""

    def wait(self) -> None:
        self.closed.wait(20)


def running(live: FakeLive) -> Running:
    return Running(lambda: Whole(live, SERVED, object, live.close))


def test_scans_at_once_and_again_after_each_wait_until_told_to_stop() -> None:
    fake, board = FakeTime(), Board()
    live = FakeLive(fake.scan_of(2), waits=3)
    watch(live, board, live.stop, fake.clock(), Systemd())
    assert (board.state.successes, board.state.last_attempt, live.waits) == (3, 1004, 0)


def test_a_scan_in_which_nothing_has_changed_leaves_the_board_as_it_is() -> None:
    fake, board = FakeTime(), Board()
    attempt(fake.scan_of(1), board, fake.clock())
    before = board.state
    attempt(lambda: None, board, fake.clock())
    assert board.state is before


def test_publishes_what_a_scan_gave_and_how_long_it_took() -> None:
    fake, board = FakeTime(), Board()
    attempt(fake.scan_of(2.5), board, fake.clock())
    assert board.state.results == healthy()
    assert (board.state.duration, board.state.last_attempt, board.state.last_success) == (2.5, 1000, 1002.5)


def test_what_stands_is_that_of_the_results_that_are_served() -> None:
    board, first, second = Board(), Scanned(healthy(), {}, ()), Scanned(entry_missing(), {}, None)
    for scanned in (first, second):
        attempt(lambda: scanned, board, FakeTime().clock())  # noqa: B023 - called at once
        attempt(failing(EngineError("the engine is gone")), board, FakeTime().clock())
        assert (board.state.results, board.state.standing) == (scanned.results, scanned.standing)


def failing(error: Exception) -> Scan:
    def scan() -> Scanned:
        raise error

    return scan


@pytest.mark.parametrize("error", [EngineError("the engine is gone"), KeyError("a bug"), MemoryError()])
def test_a_fault_is_counted_and_logged_and_the_last_results_stay(error: Exception) -> None:
    fake, board = FakeTime(), Board()
    attempt(fake.scan_of(1), board, fake.clock())
    with capture_logs() as logs:
        attempt(failing(error), board, fake.clock())
    assert board.state.results == healthy()
    assert (board.state.successes, board.state.failures) == (1, 1)
    assert board.state.trouble
    assert [entry["event"] for entry in logs] == ["scan failed"]
    assert type(error).__name__ in logs[0]["trace"]


def test_results_that_are_none_do_not_replace_good_ones() -> None:
    fake, board = FakeTime(), Board()
    attempt(fake.scan_of(1), board, fake.clock())
    attempt(lambda: Scanned({}, {}), board, fake.clock())
    assert board.state.results == healthy()
    assert board.state.failures == 1


def test_the_trace_of_a_fault_shows_no_values_of_variables() -> None:
    def scan() -> Scanned:
        token = "secret-" + "token"
        raise EngineError(f"{len(token)} characters were refused")

    with capture_logs() as logs:
        attempt(scan, Board(), Clock())
    assert "secret-token" not in str(logs)


def test_tells_of_each_scan_with_fields() -> None:
    fake = FakeTime()
    with capture_logs() as logs:
        attempt(fake.scan_of(1.5), Board(), fake.clock())
        attempt(lambda: Scanned(unreachable(), {}), Board(), fake.clock())
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
            serve(running(FakeLive(failing(AssertionError()))), bind=bind, systemd=Systemd())


@pytest.fixture
def _own_signal_handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_own_signal_handlers")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_returns_on_a_signal(number: signal.Signals) -> None:
    def scan() -> Scanned:
        threading.Timer(0.2, os.kill, (os.getpid(), number)).start()
        return Scanned(entry_missing(), {})

    with capture_logs() as logs:
        serve(running(Waiting(scan)), bind=parse_bind("127.0.0.1:0"), systemd=Systemd())
    assert [entry["event"] for entry in logs] == ["listening", "scan finished", "stopping"]
    assert logs[-1]["scan_cut_off"] is False


@pytest.mark.usefixtures("_own_signal_handlers")
def test_a_reload_needs_no_thread_that_is_not_there_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    reloaded = threading.Event()

    def none_left(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    def scan() -> Scanned:
        monkeypatch.setattr(threading.Thread, "start", none_left)
        os.kill(os.getpid(), signal.SIGHUP)
        reloaded.wait(20)
        os.kill(os.getpid(), signal.SIGTERM)
        return Scanned(healthy(), {})

    runs = running(Waiting(scan))
    monkeypatch.setattr(runs, "reload", reloaded.set)
    with capture_logs() as logs:
        serve(runs, bind=parse_bind("127.0.0.1:0"), systemd=Systemd())
    assert reloaded.is_set()
    assert "config reloaded" in {entry["event"] for entry in logs}


def stopping() -> Scanned:
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
    return Scanned(healthy(), {})


@pytest.mark.usefixtures("_own_signal_handlers")
@pytest.mark.parametrize(("address", "warnings"), [("127.0.0.1:0", 0), ("[::ffff:127.0.0.1]:0", 1)])
def test_warns_where_passwords_cross_the_network_in_the_clear(address: str, warnings: int) -> None:
    with capture_logs() as logs:
        serve(running(Waiting(stopping)), bind=parse_bind(address), systemd=Systemd())
    assert (logs[0]["tls"], logs[0]["asks_callers"]) == (False, False)
    assert [entry["log_level"] for entry in logs].count("warning") == warnings


@pytest.mark.usefixtures("_own_signal_handlers")
def test_ends_the_process_with_0_where_a_scan_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    exits: list[int] = []
    monkeypatch.setattr(os, "_exit", exits.append)

    def scan() -> Scanned:
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
        over.wait(20)
        return Scanned(healthy(), {})

    with capture_logs():
        serve(running(Waiting(scan)), bind=parse_bind("127.0.0.1:0"), systemd=Systemd())
        over.set()
        next(thread for thread in threading.enumerate() if thread.name == "watch").join()
    assert exits == [0]
