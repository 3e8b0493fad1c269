"""The connections of a transport, so that one that waits for Consul can be cut by another thread."""

import socket
from contextlib import suppress
from threading import Lock
from weakref import WeakSet

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from scanner.collect.deadline import Timed


class Sockets:
    """Knows what is open. A question that Consul keeps is answered minutes later; `cut` ends it now."""

    def __init__(self) -> None:
        """Know of nothing yet."""
        self._connections: WeakSet[HTTPConnection] = WeakSet()
        self._lock = Lock()
        self._is_cut = False

    def opened(self, connection: HTTPConnection) -> None:
        """Take note of a connection; it is cut at once where all are."""
        with self._lock:
            self._connections.add(connection)
            if self._is_cut:
                _cut(connection)

    def cut(self) -> None:
        """Cut what is open, and all that is opened from now on: who waits for an answer sees a connection that ends."""
        with self._lock:
            self._is_cut = True
            for connection in self._connections:
                _cut(connection)

    def pools(self) -> dict[str, type[HTTPConnectionPool]]:
        """Return pools whose connections are known here, by scheme."""
        known = self

        class Plain(HTTPConnection):
            response_class = Timed

            def connect(self) -> None:
                super().connect()
                known.opened(self)

        class Tls(HTTPSConnection):
            response_class = Timed

            def connect(self) -> None:
                super().connect()
                known.opened(self)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class TlsPool(HTTPSConnectionPool):
            ConnectionCls = Tls

        return {"http": PlainPool, "https": TlsPool}


def _cut(connection: HTTPConnection) -> None:
    # Looked at once: the thread that uses it may close it meanwhile.
    opened = connection.sock
    if opened is not None:
        with suppress(OSError):
            # That of TLS would first forget its keys, in the middle of what another thread reads.
            socket.socket.shutdown(opened, socket.SHUT_RDWR)
