"""An HTTP server on loopback (or a unix socket) that does as told, path by path, and remembers what it was asked."""

import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Seen:
    """One request that arrived."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path


class Handler(BaseHTTPRequestHandler):
    """Hands each request to the behaviour of its path."""

    protocol_version = "HTTP/1.1"
    server: "_Server"
    content = b""

    def do_GET(self) -> None:
        """Serve GET and POST alike."""
        length = int(self.headers.get("Content-Length", "0"))
        self.content = self.rfile.read(length)
        seen = Seen(self.command, self.path, dict(self.headers), self.content)
        self.server.told.requests.append(seen)
        self.server.told.behaviour(seen.path)(self)

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Stay silent."""

    def address_string(self) -> str:
        """A unix socket's peer has no address."""
        return "test"


Behaviour = Callable[[Handler], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    told: "FaultServer"

    def get_request(self) -> tuple[Any, Any]:
        """Send each write at once: head and body are two, and the second would wait 40 ms for an acknowledgement."""
        connection, peer = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection, peer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up is what many tests want."""


class _UnixServer(_Server):
    address_family = socket.AF_UNIX

    def server_bind(self) -> None:
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = "localhost", 0

    def get_request(self) -> tuple[Any, Any]:
        connection, _ = self.socket.accept()
        return connection, ("unix", 0)


class FaultServer:
    """Up inside a `with`. `behaviours` go by path; `otherwise` serves all other paths."""

    def __init__(
        self, otherwise: Behaviour, behaviours: Mapping[str, Behaviour] | None = None, unix: Path | None = None
    ) -> None:
        """Listen on a free port of 127.0.0.1, or on the socket file `unix`."""
        self.requests: list[Seen] = []
        self._otherwise, self._behaviours, self._unix = otherwise, {} if behaviours is None else behaviours, unix
        self._server = _UnixServer(str(unix), Handler) if unix else _Server(("127.0.0.1", 0), Handler)  # type: ignore[arg-type]
        self._server.told = self

    @property
    def address(self) -> str:
        """Where it listens, as a config file would say it."""
        return f"unix://{self._unix}" if self._unix else f"http://127.0.0.1:{self._server.server_port}"

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [seen.path for seen in self.requests]

    def behaviour(self, path: str) -> Behaviour:
        """Return what serves a path."""
        return self._behaviours.get(path, self._otherwise)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
