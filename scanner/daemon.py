"""`serve`: audits on a fixed schedule, and tells of the last one over HTTP. It adds only time and signals."""

import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

import structlog
import uvicorn

from scanner.model.document import Json
from scanner.publish.access.door import Door
from scanner.publish.bind import Bind, listen
from scanner.publish.serving import server as web_server
from scanner.publish.state import Board, Reload
from scanner.publish.web import Outlet, application

Audit = Callable[[], Json]
"""Makes one scan and returns its results document. Raises ScanError where the scan as a whole failed."""

GRACE_SECONDS = 1
"""How long answers and an audit in progress may take to end after the signal to stop."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Clock:
    """Where the time comes from: Unix seconds to tell people, and seconds that only ever grow to measure with."""

    unix: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic


def serve(audit: Audit, *, bind: Bind, outlet: Outlet, interval: float) -> None:
    """Audit every `interval` seconds, the first time at once, and serve the outcome until SIGTERM or SIGINT.

    `outlet` says what is served, and to whom.

    An audit in progress is not waited for: where one is, the process ends here, with exit code 0. To be called from
    the main thread. Raises UsageError where the port cannot be listened on.
    """
    listener = listen(bind)
    board, stop = Board(), threading.Event()
    board.config = Reload(successful=True, last_success=Clock().unix())
    server = web_server(application(board, outlet), outlet.door, grace=GRACE_SECONDS)
    _stop_on_signals(server, stop)
    _tell_address(bind, listener.getsockname()[1], outlet.door, interval)
    watcher = threading.Thread(target=watch, args=(audit, board, interval, stop, Clock()), name="watch", daemon=True)
    watcher.start()
    server.run(sockets=[listener])
    stop.set()
    watcher.join(GRACE_SECONDS)
    log.info("stopping", audit_cut_off=watcher.is_alive())
    if watcher.is_alive():
        _leave()


def watch(audit: Audit, board: Board, interval: float, stop: threading.Event, clock: Clock) -> None:
    """Audit on the schedule and put each outcome on the board until told to stop; one audit at a time."""
    first = clock.steady()
    while not stop.is_set():
        attempt(audit, board, clock)
        stop.wait(pause(clock.steady() - first, interval))


def pause(elapsed: float, interval: float) -> float:
    """Return the seconds to the next point of the schedule; points that an audit overran are left out."""
    return interval - elapsed % interval


def attempt(audit: Audit, board: Board, clock: Clock) -> None:
    """Audit once. Whatever fails, the last good results stay on the board and the daemon goes on."""
    at, started = clock.unix(), clock.steady()
    try:
        results = audit()
        duration = clock.steady() - started
        _tell(results, duration)
        board.state = board.state.succeeded(results, at=at, duration=duration)
    except Exception as error:  # noqa: BLE001 - a daemon outlives every fault of a scan
        board.state = board.state.failed(str(error) or type(error).__name__, at=at)
        # Formatted here: a renderer of structlog's may print local variables, tokens among them.
        log.error("scan failed", error=str(error), trace="".join(traceback.format_exception(error)))  # noqa: TRY400


def _tell(results: Json, duration: float) -> None:
    log.info(
        "scan finished",
        scan_id=results["scan"]["id"],
        failures=results["summary"]["fail"],
        coverage=results["summary"]["coverage"],
        unreachable=[name for name, cluster in results["clusters"].items() if cluster["status"] == "unreachable"],
        duration_seconds=round(duration, 3),
    )


def _tell_address(bind: Bind, port: int, door: Door, interval: float) -> None:
    config = door.current()
    is_tls = config.context is not None
    log.info(
        "listening",
        address=bind.address.compressed,
        port=port,
        tls=is_tls,
        asks_callers=config.asks,
        interval_seconds=interval,
    )
    if not (is_tls or bind.is_loopback):
        log.warning("passwords and tokens cross the network in the clear", advice="Add tls_server_config")


def _stop_on_signals(server: uvicorn.Server, stop: threading.Event) -> None:
    # uvicorn raises the signal again when it has stopped; these handlers turn that into a plain return.
    def handle(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)


def _leave() -> None:
    """End the process although an audit runs: Python itself would wait for the threads that the audit started."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
