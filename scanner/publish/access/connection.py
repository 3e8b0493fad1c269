"""One connection of the daemon's listener: uvicorn's, with the caller's certificate, and with an end to patience."""

import asyncio
import ssl
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from scanner.publish.access.callers import Peer

REQUEST_SECONDS = 10.0
"""How long a request may take to arrive, head and body. uvicorn has a limit for the time between two requests alone."""


class Connection(H11Protocol):
    """Leaves the caller's certificate in `scope["state"]["peer"]`, and cuts a caller who does not come to the point."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Note whose connection it is, and start the clock."""
        super().connection_made(transport)
        self.app_state = self.app_state | {"peer": _peer(transport.get_extra_info("ssl_object"))}
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what arrived; the clock runs until a request is whole."""
        super().data_received(data)
        if _is_whole(self.cycle):
            self._stop_waiting()
        elif self._deadline is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None


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
