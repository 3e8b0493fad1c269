"""What systemd is told, heard at a real unix socket, as systemd hears it."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from scanner.errors import UsageError
from scanner.publish.systemd import Systemd, check_watchdog, systemd_of


@pytest.fixture(params=["path", "abstract"])
def heard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """A socket of each kind, with the name that NOTIFY_SOCKET has for it."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@consul-scan-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(name.replace("@", "\0"))
        receiver.settimeout(2)
        yield name, receiver


def test_each_message_is_one_datagram(heard: tuple[str, socket.socket]) -> None:
    name, receiver = heard
    systemd = Systemd(name, watchdog_s=2.0, monotonic_ns=lambda: 1_234_567_890)

    for tell in (systemd.ready, systemd.reloading, systemd.alive, systemd.stopping):
        tell()

    assert [receiver.recv(100) for _ in range(4)] == [
        b"READY=1",
        b"RELOADING=1\nMONOTONIC_USEC=1234567",
        b"WATCHDOG=1",
        b"STOPPING=1",
    ]


def test_no_sign_of_life_where_nobody_waits_for_one(heard: tuple[str, socket.socket]) -> None:
    name, receiver = heard
    systemd = Systemd(name)
    systemd.alive()
    systemd.ready()
    assert receiver.recv(100) == b"READY=1"


def test_without_systemd_nothing_is_told() -> None:
    with capture_logs() as logs:
        Systemd().ready()
    assert logs == []


def test_a_socket_that_is_gone_costs_a_line_in_the_log_and_no_scan(tmp_path: Path) -> None:
    with capture_logs() as logs:
        Systemd(str(tmp_path / "gone")).ready()
    assert [(entry["event"], entry["lines"]) for entry in logs] == [("systemd could not be told", ("READY=1",))]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, Systemd()),
        ({"NOTIFY_SOCKET": "/run/systemd/notify"}, Systemd("/run/systemd/notify")),
        ({"NOTIFY_SOCKET": "@n", "WATCHDOG_USEC": "300000000"}, Systemd("@n", 300.0)),
        ({"NOTIFY_SOCKET": "@n", "WATCHDOG_USEC": "500000", "WATCHDOG_PID": str(os.getpid())}, Systemd("@n", 0.5)),
        ({"NOTIFY_SOCKET": "@n", "WATCHDOG_USEC": "500000", "WATCHDOG_PID": "1"}, Systemd("@n")),
    ],
)
def test_the_environment_says_who_started_us(environment: dict[str, str], expected: Systemd) -> None:
    assert systemd_of(environment) == expected


@pytest.mark.parametrize(
    ("environment", "named"),
    [({"NOTIFY_SOCKET": "vsock:2:1"}, "vsock:2:1"), ({"WATCHDOG_USEC": "5 min"}, "WATCHDOG_USEC is '5 min'")],
)
def test_an_environment_that_makes_no_sense_is_refused(environment: dict[str, str], named: str) -> None:
    with pytest.raises(UsageError, match=named):
        systemd_of(environment)


def test_a_watchdog_that_would_bite_a_healthy_process_is_refused() -> None:
    check_watchdog(Systemd("@n", 61.0), 60.0)
    check_watchdog(Systemd("@n"), 60.0)
    with pytest.raises(UsageError, match=r"WatchdogSec is 60 s.*60 s after.*at least twice"):
        check_watchdog(Systemd("@n", 60.0), 60.0)
