"""A proxy in front of a real Consul, into which faults are put while somebody follows it."""

import http.client
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

from tests.faults.behaviours import answer
from tests.faults.server import Behaviour, FaultServer, Handler

_HOP_BY_HOP = ("content-length", "content-encoding", "connection", "transfer-encoding")
PATIENCE_S = 60


def forward(address: str, **headers: str) -> Behaviour:
    """Answer what the server at that address does; `headers` replace its own, with `_` for `-`."""
    place = urlsplit(address)

    def behave(handler: Handler) -> None:
        sent = {name: value for name, value in handler.headers.items() if name.lower() != "accept-encoding"}
        with closing(http.client.HTTPConnection(place.hostname or "", place.port, timeout=PATIENCE_S)) as connection:
            connection.request(handler.command, handler.path, handler.content, sent)
            told = connection.getresponse()
            body = told.read()
        kept = {name: value for name, value in told.getheaders() if name.lower() not in _HOP_BY_HOP}
        answer(body, told.status, **{name.replace("-", "_"): value for name, value in kept.items()} | headers)(handler)

    return behave


class Between(FaultServer):
    """Up inside a `with`. What is `broken` is so for all requests that arrive meanwhile."""

    def __init__(self, address: str) -> None:
        """Stand in front of the server at that address."""
        super().__init__(forward(address))

    @contextmanager
    def broken(self, behaviour: Behaviour) -> Iterator[None]:
        """Answer everything like this."""
        healthy, self._otherwise = self._otherwise, behaviour
        yield
        self._otherwise = healthy

    @contextmanager
    def broken_at(self, path: str, behaviour: Behaviour) -> Iterator[None]:
        """Answer one path like this."""
        self._behaviours = {path: behaviour}
        yield
        self._behaviours = {}
