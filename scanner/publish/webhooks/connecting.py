"""Connections to an endpoint: each is looked at before anything is sent by it, and cut when its time is over."""

import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Url

from scanner.publish.webhooks.egress import check_peer
from scanner.publish.webhooks.settings import Network

Guard = Callable[[socket.socket], None]


class Deadline:
    """Cuts the connection that it was given when its time is over: the time limit of a read starts anew each byte."""

    def __init__(self, seconds: float) -> None:
        """Start to count inside a `with`."""
        self.passed = False
        self._connection: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def watch(self, connection: socket.socket) -> None:
        """Take the connection; by a handle of its own, as TLS takes the first one away."""
        self._connection = connection.dup()

    def _cut(self) -> None:
        self.passed = True
        if self._connection is not None:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        """Start to count."""
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop counting."""
        self._timer.cancel()
        self._timer.join()
        if self._connection is not None:
            self._connection.close()


def guarded_pool(url: Url, networks: Sequence[Network], deadline: Deadline, **tls: Any) -> HTTPConnectionPool:
    """Return what connects to the host of a URL, and only where its address may be sent to."""

    def guard(connection: socket.socket) -> None:
        check_peer(connection, networks)
        deadline.watch(connection)

    host = (url.host or "").strip("[]")
    if url.scheme == "https":
        return _TlsPool(host, url.port, guard=guard, **tls)
    return _PlainPool(host, url.port, guard=guard)


class _Plain(HTTPConnection):
    def __init__(self, *args: Any, guard: Guard, **options: Any) -> None:
        super().__init__(*args, **options)
        self._guard = guard

    def _new_conn(self) -> socket.socket:
        connection = super()._new_conn()
        try:
            self._guard(connection)
        except OSError:
            connection.close()
            raise
        return connection


class _Tls(_Plain, HTTPSConnection):
    """The same, below TLS."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls
