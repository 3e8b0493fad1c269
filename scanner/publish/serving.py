"""How uvicorn serves: TLS, and limits on what callers may cost."""

import socket
from collections.abc import Callable
from functools import partial
from ssl import SSLContext
from typing import Any

import uvicorn
from starlette.types import ASGIApp

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
    """uvicorn's, with an entrance of our own: its own takes all that come."""

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


def server(app: ASGIApp, door: Door, *, grace: int) -> Server:
    """Return a server of an app, over TLS where the web config has it; at the end answers get `grace` seconds."""
    return Server(
        uvicorn.Config(
            app,
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
            timeout_graceful_shutdown=grace,
        )
    )


def _contexts(door: Door) -> Callable[..., SSLContext] | None:
    first = door.current().context
    if first is None:
        return None

    def factory(*_: Any) -> SSLContext:
        return rotating(lambda: door.current().context or first)

    return factory
