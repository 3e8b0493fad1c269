"""A reload is told to all who want to know: the caller, the log, the metrics and systemd."""

import errno
import socket
import threading
from pathlib import Path

from structlog.testing import capture_logs

from scanner.errors import ConfigError
from scanner.publish.state import Board, Reload
from scanner.publish.systemd import Systemd
from scanner.reloading import Reloading


def fine() -> None:
    """Reload."""


def broken() -> None:
    raise ConfigError("c.yaml:3: clusters is empty", "Name one")


def read(file: str) -> None:
    if file == "broken":
        broken()


def test_the_start_counts_as_the_first_reload() -> None:
    board = Board()
    Reloading(fine, board, Systemd(), lambda: 7.0)
    assert board.config == Reload(successful=True, last_success=7.0)


def test_success_and_failure_are_told_with_their_times() -> None:
    board, times, files = Board(), iter((1.0, 2.0)), iter(("broken", "fine"))
    reloading = Reloading(lambda: read(next(files)), board, Systemd(), lambda: next(times))
    with capture_logs() as logs:
        assert reloading() == "c.yaml:3: clusters is empty. Name one"
        assert board.config == Reload(successful=False, last_success=1.0)
        assert reloading() == ""
    assert board.config == Reload(successful=True, last_success=2.0)
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [
        ("config not reloaded, the former one stays", "error"),
        ("config reloaded", "info"),
    ]
    assert logs[0]["error"] == "c.yaml:3: clusters is empty. Name one"


def bug() -> None:
    raise KeyError("a bug")


def no_process() -> None:
    raise OSError(errno.EMFILE, "Too many open files")


def test_whatever_else_a_reload_fails_by_is_told_and_what_runs_goes_on() -> None:
    board, times = Board(), iter((1.0,))
    reloading = Reloading(no_process, board, Systemd(), lambda: next(times))
    with capture_logs() as logs:
        told = reloading()
    assert told == "OSError: [Errno 24] Too many open files. Nothing was changed; try again"
    assert board.config == Reload(successful=False, last_success=1.0)
    assert [entry["event"] for entry in logs] == ["a reload broke off", "config not reloaded, the former one stays"]
    assert "no_process" in logs[0]["trace"]
    assert logs[1]["error"] == told


def test_systemd_hears_of_the_end_whatever_came_of_it(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.settimeout(2)
        systemd = Systemd(str(tmp_path / "notify"), monotonic_ns=lambda: 5000)
        for reload in (fine, broken, bug):
            Reloading(reload, Board(), systemd, lambda: 0.0)()
        assert [heard.recv(100) for _ in range(6)] == [b"RELOADING=1\nMONOTONIC_USEC=5", b"READY=1"] * 3


def test_one_reload_at_a_time() -> None:
    begun, go_on = threading.Event(), threading.Event()
    inside: list[int] = []

    def slow() -> None:
        inside.append(len(inside))
        begun.set()
        go_on.wait(20)

    reloading = Reloading(slow, Board(), Systemd(), lambda: 0.0)
    threads = [threading.Thread(target=reloading) for _ in range(2)]
    for thread in threads:
        thread.start()
    begun.wait(20)
    threads[1].join(0.2)
    assert len(inside) == 1
    go_on.set()
    for thread in threads:
        thread.join()
    assert len(inside) == 2
