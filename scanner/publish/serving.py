"""How uvicorn serves: TLS, and limits on what callers may cost."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from ssl import SSLContext
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from scanner.publish.access.connection import Connection
from scanner.publish.access.door import Door
from scanner.publish.access.entrance import Entrance
from scanner.publish.access.tls import rotating

MOST_CONNECTIONS = 100
"""Beyond it a request is answered with 503. Twice as many are taken, those in their handshake among them."""

LARGEST_HEAD = 16 * 1024
"""Bytes of request line and headers."""

IDLE_SECONDS = 5
"""How long a connection is kept between two requests."""


class Server(uvicorn.Server):
    """uvicorn's, with an entrance of our own, as its own takes all that come; it sleeps while nothing is asked."""

    _told = False
    _wake: Callable[[], object] | None = None
    _end: asyncio.Task[None] | None = None

    def __init__(self, config: uvicorn.Config, grace: float) -> None:
        """Take what uvicorn is told; at the end answers get `grace` seconds."""
        super().__init__(config)
        self._grace = grace

    @property
    def should_exit(self) -> bool:
        """Whether it was told to end; any thread, and a signal, may tell it by setting this."""
        return self._told

    @should_exit.setter
    def should_exit(self, told: bool) -> None:
        self._told = told
        if told and self._wake is not None:
            self._wake()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take connections of sockets that listen."""
        config, state = self.config, self.server_state
        protocol = partial(Connection, config, state, {})
        entrances = [
            Entrance(listener, protocol, config.ssl, state.connections, 2 * MOST_CONNECTIONS)
            for listener in sockets or ()
        ]
        # uvicorn closes them at the end, and knows nothing else about them.
        self.servers = entrances  # type: ignore[assignment]
        self.started = True

    async def main_loop(self) -> None:
        """Wait until it is told to end. uvicorn's own looks ten times a second, for the sake of the time as well."""
        loop, told = asyncio.get_running_loop(), asyncio.Event()
        self._wake = partial(loop.call_soon_threadsafe, told.set)
        if not self.should_exit:
            await told.wait()
        self._wake = None
        self._end = loop.create_task(self._cut_off())

    async def _cut_off(self) -> None:
        """End what is answered for too long. Connections go first, as uvicorn calls it a fault if they still stand."""
        await asyncio.sleep(self._grace)
        while self.server_state.connections:
            for connection in self.server_state.connections:
                connection.transport.abort()
            await asyncio.sleep(0)
        for task in self.server_state.tasks:
            task.cancel()


def server(app: ASGIApp, door: Door, *, grace: int) -> Server:
    """Return a server of an app, over TLS where the web config has it; at the end answers get `grace` seconds."""
    return Server(
        uvicorn.Config(
            partial(_answer, app),
            interface="asgi3",
            ssl_context_factory=_contexts(door),
            lifespan="off",
            loop="asyncio",
            http=Connection,
            ws="none",
            log_config=None,
            # Below it are warnings for each request that is no HTTP: whoever can reach the port could fill the log.
            log_level="error",
            access_log=False,
            server_header=False,
            limit_concurrency=MOST_CONNECTIONS,
            h11_max_incomplete_event_size=LARGEST_HEAD,
            timeout_keep_alive=IDLE_SECONDS,
            # It logs what it cuts off; by then nothing is left.
            timeout_graceful_shutdown=grace + 1,
        ),
        grace,
    )


async def _answer(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    # Cut off at the end. uvicorn would print a trace for each.
    with suppress(asyncio.CancelledError):
        await app(scope, receive, send)


def _contexts(door: Door) -> Callable[..., SSLContext] | None:
    first = door.current().context
    if first is None:
        return None

    def factory(*_: Any) -> SSLContext:
        return rotating(lambda: door.current().context or first)

    return factory
