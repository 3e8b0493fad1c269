"""Where connections come in: so many at once and no more, and none for longer than a handshake may take."""

import asyncio
import socket
from collections.abc import Callable, Sized
from contextlib import suppress
from functools import partial
from ssl import SSLContext

import structlog

from scanner.publish.access.connection import REQUEST_SECONDS

REST_SECONDS = 1.0
"""How long none are taken where the system gives no socket."""

log = structlog.get_logger(__name__)


class Entrance:
    """Takes the connections of a listening socket, in the place of asyncio's server.

    That one takes all that come, counts none before its handshake is over, gives it a minute, and logs each one that it
    has no file descriptor for.
    """

    def __init__(
        self,
        listener: socket.socket,
        protocol: Callable[[], asyncio.Protocol],
        context: SSLContext | None,
        connections: Sized,
        most: int,
    ) -> None:
        """Take connections from now on, within a running loop.

        Args:
            listener: what listens already.
            protocol: makes what speaks with a caller.
            context: the TLS of the connections, None for none.
            connections: those whose handshake is over.
            most: how many there may be, with those in their handshake. Further ones are ended at once.
        """
        self._listener, self._protocol, self._context = listener, protocol, context
        self._connections, self._most = connections, most
        self._handshakes: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._rest: asyncio.TimerHandle | None = None
        self._trouble = ""
        listener.settimeout(0)
        self._open()

    def close(self) -> None:
        """Take no more, and end those in their handshake."""
        self._loop.remove_reader(self._listener)
        if self._rest is not None:
            self._rest.cancel()
        for handshake in self._handshakes:
            handshake.cancel()

    async def wait_closed(self) -> None:
        """Return when those in their handshake are gone."""
        await asyncio.gather(*self._handshakes, return_exceptions=True)

    def _open(self) -> None:
        self._loop.add_reader(self._listener, self._take)

    def _take(self) -> None:
        try:
            caller, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:
            self._pause(str(error))
            return
        self._trouble = ""
        if len(self._handshakes) + len(self._connections) >= self._most:
            caller.close()
            return
        handshake = self._loop.create_task(self._welcome(caller))
        self._handshakes.add(handshake)
        handshake.add_done_callback(partial(self._welcomed, caller))

    def _welcomed(self, caller: socket.socket, handshake: asyncio.Task[None]) -> None:
        self._handshakes.discard(handshake)
        if handshake.cancelled():
            # It may not even have begun, and then nothing else knows the socket.
            caller.close()

    def _pause(self, trouble: str) -> None:
        """Leave callers waiting for a moment; what keeps them from being taken is told once."""
        if trouble != self._trouble:
            log.warning("no connection can be taken", error=trouble)
        self._trouble = trouble
        self._loop.remove_reader(self._listener)
        self._rest = self._loop.call_later(REST_SECONDS, self._open)

    async def _welcome(self, caller: socket.socket) -> None:
        timeout = REQUEST_SECONDS if self._context else None
        # Silence, no TLS, a certificate that is not taken: anybody could fill the log with it.
        with suppress(OSError):
            await self._loop.connect_accepted_socket(
                self._protocol,
                caller,
                ssl=self._context,
                ssl_handshake_timeout=timeout,
                ssl_shutdown_timeout=timeout,
            )
