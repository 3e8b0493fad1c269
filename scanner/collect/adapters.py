"""Two ways to connect that `requests` does not have: a TLS context of our own, and a socket in the file system."""

import socket
import ssl
from typing import Any

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from scanner.collect.deadline import Timed
from scanner.collect.sockets import Sockets


class TlsAdapter(HTTPAdapter):
    """Speaks TLS with exactly the given context.

    `requests` would load its own bundle of public roots into the context beside a given CA, and so trust more than
    the operator said; both of its hooks for that are closed here.
    """

    def __init__(self, context: ssl.SSLContext, server_name: str, connections: int) -> None:
        """Expect `server_name` in the certificate (the host of the address when empty)."""
        self._pool_options: dict[str, Any] = {"ssl_context": context}
        if server_name:
            self._pool_options["server_hostname"] = server_name
        super().__init__(pool_maxsize=connections)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:  # noqa: FBT001, FBT002 - its signature
        """Hand the context to each connection."""
        super().init_poolmanager(connections, maxsize, block, **options, **self._pool_options)

    def build_connection_pool_key_attributes(self, request: PreparedRequest, verify: Any, cert: Any = None) -> Any:
        """Return host and port alone; what is trusted stands in the context."""
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Add nothing to the context."""


class _UnixConnection(HTTPConnection):
    response_class = Timed

    def __init__(self, *args: Any, socket_path: str, sockets: Sockets, **options: Any) -> None:
        super().__init__(*args, **options)
        self._socket_path, self._sockets = socket_path, sockets

    def connect(self) -> None:
        super().connect()
        self._sockets.opened(self)

    def _new_conn(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(self.timeout)
        try:
            connection.connect(self._socket_path)
        except OSError:
            connection.close()
            raise
        return connection


class _UnixPool(HTTPConnectionPool):
    ConnectionCls = _UnixConnection


class UnixAdapter(HTTPAdapter):
    """Connects to a socket file, whatever the URL's host says."""

    def __init__(self, path: str, connections: int, sockets: Sockets) -> None:
        """Take the path of the socket, and who knows what is open."""
        super().__init__()
        self._pool = _UnixPool("localhost", maxsize=connections, socket_path=path, sockets=sockets)

    def get_connection_with_tls_context(
        self, request: PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> HTTPConnectionPool:
        """Return the one pool there is."""
        del request, verify, proxies, cert
        return self._pool

    def close(self) -> None:
        """Close its connections."""
        self._pool.close()
        super().close()
