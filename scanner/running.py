"""What `serve` runs: all that one config makes, exchanged for what it makes later, as a whole or not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

import structlog

from scanner.errors import StoreError
from scanner.model.scanned import Scanned
from scanner.model.watching import Watching
from scanner.publish.web import Outlet

log = structlog.get_logger(__name__)

Scan = Callable[[], Scanned | None]
"""Makes one scan and returns what it gave; None where nothing has changed.

Raises ScanError where the scan as a whole failed.
"""


class Live(Protocol):
    """What is scanned again and again. One thread scans and waits; the rest is for any."""

    def scan(self) -> Scanned | None:
        """Scan now; see `Scan`."""
        ...

    def wait(self) -> None:
        """Wait until there may be something to scan, or it is closed."""
        ...

    def watching(self) -> Watching:
        """Return how the watches and the readings do."""
        ...

    def close(self) -> None:
        """End a wait at once."""
        ...


@dataclass(frozen=True)
class Whole:
    """All that one config makes: what is scanned, and what of it is served.

    `start` begins what only one whole at a time may do, as the delivery of webhooks; it raises StoreError, and is
    called again then. `close` ends that, and gives up all that is held.
    """

    live: Live
    outlet: Outlet
    start: Callable[[], object]
    close: Callable[[], None]


Build = Callable[[], Whole]
"""Makes a whole of what the files say now, all of it checked.

Raises ScanError where any of it cannot be used; nothing is held then.
"""


class Running:
    """Runs one whole at a time, and is itself what is scanned. One thread scans and waits; the rest is for any."""

    def __init__(self, build: Build, again: Build | None = None) -> None:
        """Make the first whole; `again` makes the later ones. Raises ScanError where it cannot be made."""
        self._again = again or build
        self._whole = build()
        self._next: Whole | None = None
        self._started, self._unstarted = False, ""
        self._over = False
        self._exchange = Lock()

    @property
    def outlet(self) -> Outlet:
        """What is served now."""
        return self._whole.outlet

    def reload(self) -> None:
        """Make a whole anew; the next scan is made by it. One call at a time.

        Raises ScanError where it cannot be made; then what runs goes on.
        """
        made = self._again()
        with self._exchange:
            unused, self._next = (made, self._next) if self._over else (self._next, made)
        if unused is not None:
            unused.close()
        self._whole.outlet.scan_now()

    def scan(self) -> Scanned | None:
        """Scan by the whole that was made last; see `Live`."""
        with self._exchange:
            made, self._next = self._next, None
        if made is not None:
            # Between two scans, so that none is cut off and told as trouble of the clusters.
            ended, self._whole, self._started = self._whole, made, False
            ended.close()
        self._start()
        return self._whole.live.scan()

    def wait(self) -> None:
        """Wait until there may be something to scan; see `Live`. Not at all where another whole is to scan."""
        if self._next is None:
            self._whole.live.wait()

    def watching(self) -> Watching:
        """Return how the watches and the readings of now do."""
        return self._whole.live.watching()

    def close(self) -> None:
        """End a wait at once, and take no other whole any more."""
        with self._exchange:
            self._over = True
        self._whole.live.close()

    def _start(self) -> None:
        """Start what runs, unless that was done. A store out of reach is told once, and costs no scan."""
        if self._started:
            return
        before, self._unstarted = self._unstarted, ""
        try:
            self._whole.start()
            self._started = True
        except StoreError as error:
            self._unstarted = str(error)
            if self._unstarted != before:
                log.error("webhooks not started, they need the store", error=self._unstarted)  # noqa: TRY400 - no bug, so no trace

    def release(self) -> None:
        """Give up all that is held. To be called when nobody scans any more."""
        self.close()
        for whole in (self._whole, self._next):
            if whole is not None:
                whole.close()


@contextmanager
def running(build: Build, again: Build | None = None) -> Iterator[Running]:
    """Yield what runs, and give up all that it holds afterwards. Raises ScanError where it cannot be made."""
    runs = Running(build, again)
    try:
        yield runs
    finally:
        runs.release()
