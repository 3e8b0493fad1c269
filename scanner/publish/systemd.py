"""What systemd is told of the daemon: sd_notify(3), a datagram to the socket that NOTIFY_SOCKET names.

Written here, as the protocol is one datagram and the libraries for it are older than parts of it.
"""

import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from scanner.errors import UsageError

MICROSECONDS = 1_000_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Systemd:
    """The one who started us; without an `address` nobody is told anything.

    `watchdog_s` is after how many seconds without a sign of life it ends the process; None where it does not.
    """

    address: str = ""
    watchdog_s: float | None = None
    monotonic_ns: Callable[[], int] = time.monotonic_ns

    def ready(self) -> None:
        """Say that the start, or the reload, is over."""
        self._tell("READY=1")

    def reloading(self) -> None:
        """Say that the configuration is being read anew; `ready` has to follow."""
        self._tell("RELOADING=1", f"MONOTONIC_USEC={self.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """Say that the end has begun."""
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """Give a sign of life."""
        if self.watchdog_s is not None:
            self._tell("WATCHDOG=1")

    def _tell(self, *lines: str) -> None:
        if not self.address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                # A socket whose reader is stuck may not hold up the scans.
                sender.settimeout(1)
                sender.sendto("\n".join(lines).encode(), _socket_name(self.address))
        except OSError as error:
            log.warning("systemd could not be told", lines=lines, error=str(error))


def systemd_of(environment: Mapping[str, str] = os.environ) -> Systemd:
    """Return who started us, by the names that systemd sets.

    Raises UsageError where they make no sense.
    """
    address = environment.get("NOTIFY_SOCKET", "")
    if address and address[0] not in "/@":
        raise UsageError(f"NOTIFY_SOCKET is {address!r}, which is no unix socket", "Leave it to systemd to set it")
    return Systemd(address, _watchdog_s(environment))


def _watchdog_s(environment: Mapping[str, str]) -> float | None:
    # Children inherit the names; the process id says for whom they are.
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    text = environment.get("WATCHDOG_USEC", "")
    if text and not text.isdecimal():
        raise UsageError(f"WATCHDOG_USEC is {text!r}, which is no number", "Leave it to systemd to set it")
    return int(text) / MICROSECONDS if text else None


def check_watchdog(systemd: Systemd, turn_s: float) -> None:
    """Refuse a watchdog that would end a process in which all is well: a turn of its loop takes `turn_s` seconds.

    Raises UsageError where that is no shorter than the watchdog's time.
    """
    if systemd.watchdog_s is not None and systemd.watchdog_s <= turn_s:
        raise UsageError(
            f"WatchdogSec is {systemd.watchdog_s:g} s, and a scan may come {turn_s:g} s after the one before",
            "Make WatchdogSec in the unit at least twice as long as that, or the interval shorter",
        )


def _socket_name(address: str) -> str:
    """Return what the kernel calls it: abstract names begin with a zero byte, which an environment cannot hold."""
    return "\0" + address[1:] if address.startswith("@") else address
