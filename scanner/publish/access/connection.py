"""One connection of the daemon's listener: uvicorn's, with the caller's certificate, and with an end to patience."""

import asyncio
import ssl
from email.utils import formatdate
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from scanner.publish.access.callers import Peer

REQUEST_SECONDS = 10.0
"""How long a request may take to arrive, head and body. uvicorn has a limit for the time between two requests alone."""

ANSWER_SECONDS = 30.0
"""How long it may take from there until its answer is taken, and the next request has begun or the connection ended."""


class Connection(H11Protocol):
    """Leaves the caller's certificate in `scope["state"]["peer"]`, and cuts a caller who does not come to the point.

    A caller who sends slowly holds a place among the connections, and so does one who does not read what it asked for.
    """

    _deadline: asyncio.TimerHandle | None = None
    _answering = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Note whose connection it is, and start the clock."""
        super().connection_made(transport)
        self.app_state = self.app_state | {"peer": _peer(transport.get_extra_info("ssl_object"))}
        self._wait(REQUEST_SECONDS)

    def data_received(self, data: bytes) -> None:
        """Take what arrived. A request has its time from its first byte on, and its answer from its last one."""
        super().data_received(data)
        if _is_whole(self.cycle):
            # More of what is sent meanwhile is not read, so this comes twice at most.
            self._answering = True
            self._wait(ANSWER_SECONDS)
        elif self._answering:
            self._answering = False
            self._wait(REQUEST_SECONDS)

    def handle_events(self) -> None:
        """Begin what has arrived. The header Date is of now: uvicorn makes it in a loop that is not run here."""
        self.server_state.default_headers = [(b"date", formatdate(usegmt=True).encode())]
        super().handle_events()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()


def _is_whole(request: RequestResponseCycle | None) -> bool:
    """Tell whether a request has arrived to its end and waits for its answer."""
    return request is not None and not request.response_complete and not request.more_body


def _peer(tls: ssl.SSLObject | None) -> Peer:
    if tls is None:
        return Peer()
    # Empty without a certificate that was verified.
    shown: dict[str, Any] = tls.getpeercert() or {}
    sans = frozenset(value for _, value in shown.get("subjectAltName", ())) if shown else None
    return Peer(sans, tls.context)
