"""`POST /api/v1/scan`: ask for a full scan now, so often and no more."""

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

from starlette.exceptions import HTTPException

from scanner.model.document import Json

SCHEMA_VERSION = 1
PAUSE_SECONDS = 10.0
"""From one scan that was asked for to the next: each reads all of every cluster."""


class ScanRequests:
    """Passes requests on to the watch loop; all calls come from one thread."""

    def __init__(self, scan_now: Callable[[], None], steady: Callable[[], float] = time.monotonic) -> None:
        """Take what wakes the watch loop, and a clock that only ever grows (seconds)."""
        self._scan_now, self._steady = scan_now, steady
        self._next_at = -math.inf

    def request(self, now: datetime) -> Json:
        """Ask for a scan, and return where and how to see its results (schema `scan_request`).

        Raises:
            HTTPException: 429, one was asked for a moment ago; with the seconds to wait.
        """
        wait = self._next_at - self._steady()
        if wait > 0:
            advice = {"retry-after": str(math.ceil(wait))}
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, "A scan was asked for a moment ago.", advice)
        self._next_at = self._steady() + PAUSE_SECONDS
        self._scan_now()
        requested_at = now.astimezone(UTC).isoformat(timespec="milliseconds")
        return {"schema_version": SCHEMA_VERSION, "requested_at": requested_at, "results": "/api/v1/results"}
