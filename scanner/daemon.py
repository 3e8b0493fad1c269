"""`serve`: scans when there is something to scan, and tells of the last one by HTTP. It adds only time and signals."""

import os
import signal
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from types import FrameType

import structlog
import uvicorn

from scanner.model.document import Json
from scanner.publish.access.door import Door
from scanner.publish.bind import Bind, listen
from scanner.publish.serving import server as web_server
from scanner.publish.state import Board
from scanner.publish.systemd import Systemd
from scanner.publish.web import Exchanged
from scanner.reloading import Reloading
from scanner.running import Live, Running, Scan

GRACE_SECONDS = 1
"""How long answers and a scan in progress may take to end after the signal to stop."""

UNEXPECTED = 3
"""The exit code where nobody told it to stop: one that has it started anew, which 0 and 2 may not."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Clock:
    """Where the time comes from: Unix seconds to tell people, and seconds that only ever grow to measure with."""

    unix: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic


def serve(running: Running, *, bind: Bind, systemd: Systemd) -> None:
    """Scan at once and whenever there may be something new, and serve the outcome until SIGTERM or SIGINT.

    SIGHUP, and whoever may by HTTP, has the config read anew.

    A scan in progress is not waited for: where one is, the process ends here, with exit code 0. Where scanning ended
    by itself it ends here with code 3. To be called from the main thread. Raises UsageError where the port cannot be
    listened on.
    """
    listener = listen(bind)
    board, stop, door = Board(running.watching), threading.Event(), running.outlet.door
    reloading = Reloading(running.reload, board, systemd, Clock().unix)
    server = web_server(Exchanged(board, lambda: running.outlet, reloading), door, grace=GRACE_SECONDS)
    _obey_signals(server, stop, _reload_requests(reloading))
    _tell_address(bind, listener.getsockname()[1], door)
    watcher = threading.Thread(target=_follow, args=(running, board, stop, systemd, server), name="watch", daemon=True)
    watcher.start()
    systemd.ready()
    server.run(sockets=[listener])
    systemd.stopping()
    if not stop.is_set():
        log.error("scanning ended by itself", advice="This is a bug in consul-scan; please report it with stderr")
        os._exit(UNEXPECTED)
    running.close()
    watcher.join(GRACE_SECONDS)
    log.info("stopping", scan_cut_off=watcher.is_alive())
    if watcher.is_alive():
        # Python itself would wait for the threads that the scan started. The log is written past all buffers.
        os._exit(0)


def _follow(running: Running, board: Board, stop: threading.Event, systemd: Systemd, server: uvicorn.Server) -> None:
    try:
        watch(running, board, stop, Clock(), systemd)
    finally:
        # However it ended: a process that scans no more must not answer probes. What was raised is printed on stderr.
        server.should_exit = True


def watch(live: Live, board: Board, stop: threading.Event, clock: Clock, systemd: Systemd) -> None:
    """Scan when it is due and put each outcome on the board until told to stop; one scan at a time."""
    while not stop.is_set():
        systemd.alive()
        attempt(live.scan, board, clock)
        live.wait()


def attempt(scan: Scan, board: Board, clock: Clock) -> None:
    """Scan once. Whatever fails, the last good results stay on the board and the daemon goes on."""
    at, started = clock.unix(), clock.steady()
    try:
        found = scan()
        if found is None:
            return
        duration = clock.steady() - started
        _tell(found.results, duration)
        board.state = board.state.succeeded(found, at=at, duration=duration)
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


def _tell_address(bind: Bind, port: int, door: Door) -> None:
    config = door.current()
    is_tls = config.context is not None
    log.info(
        "listening",
        address=bind.address.compressed,
        port=port,
        tls=is_tls,
        asks_callers=config.asks,
    )
    if not (is_tls or bind.is_loopback):
        log.warning("passwords and tokens cross the network in the clear", advice="Add tls_server_config")


def _reload_requests(reloading: Reloading) -> "SimpleQueue[None]":
    """Return where to put requests to reload; the thread that obeys them starts now, when there is one to be had."""
    requests: SimpleQueue[None] = SimpleQueue()

    def follow() -> None:
        while True:
            requests.get()
            reloading()

    threading.Thread(target=follow, name="reload", daemon=True).start()
    return requests


def _obey_signals(server: uvicorn.Server, stop: threading.Event, reloads: "SimpleQueue[None]") -> None:
    # uvicorn raises the signal again when it has stopped; these handlers turn that into a plain return.
    def handle(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)
    # Only put there: HTTP is answered by the thread that is interrupted, and of all queues this one may be used so.
    signal.signal(signal.SIGHUP, lambda *_: reloads.put(None))
