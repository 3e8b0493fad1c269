"""A transport that is closed holds nobody up: a question that Consul keeps ends at once, in whatever thread it is."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from scanner.collect.address import parse_address
from scanner.collect.fault import CallError
from scanner.collect.http_transport import HttpTransport
from scanner.collect.sockets import Sockets
from scanner.collect.target import Tls
from scanner.collect.transport import Request
from tests.certificates import Authority
from tests.faults import behaviours
from tests.faults.server import FaultServer
from tests.unit.collect.answers import target

KEPT = Request("/v1/kept", patience_s=30.0)


class Asking:
    """Asks in a thread of its own, and keeps what came of it."""

    def __init__(self, transport: HttpTransport) -> None:
        self.transport, self.error = transport, ""
        self.thread = threading.Thread(target=self._ask)
        self.thread.start()

    def _ask(self) -> None:
        try:
            self.transport.send(KEPT)
        except CallError as error:
            self.error = error.kind

    def seconds(self) -> float:
        started = time.monotonic()
        self.thread.join(20)
        return time.monotonic() - started


@pytest.fixture(params=["tcp", "unix"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FaultServer]:
    where = tmp_path / "http.sock" if request.param == "unix" else None
    with FaultServer(behaviours.silence(8), unix=where) as running:
        yield running


def asked(server: FaultServer, number: int) -> None:
    deadline = time.monotonic() + 5
    while len(server.requests) < number:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_whoever_waits_is_cut_off(server: FaultServer) -> None:
    transport = HttpTransport(target(address=parse_address(server.address)))
    waiting = [Asking(transport) for _ in range(3)]
    asked(server, 3)
    transport.close()
    assert sum(one.seconds() for one in waiting) < 2
    assert all(one.error for one in waiting)


def test_what_is_opened_afterwards_is_cut_too(server: FaultServer) -> None:
    transport = HttpTransport(target(address=parse_address(server.address)))
    transport.close()
    late = Asking(transport)
    assert late.seconds() < 2
    assert late.error


def test_a_question_over_tls_is_cut_off_too(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    pair = authority.issue("server", "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert, pair.key)
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        address = parse_address(f"https://127.0.0.1:{listener.getsockname()[1]}")
        transport = HttpTransport(target(address=address, tls=Tls(ca_file=authority.file)))
        waiting = Asking(transport)
        with context.wrap_socket(listener.accept()[0], server_side=True) as theirs:
            assert theirs.recv(100).startswith(b"GET /v1/kept")
            transport.close()
            assert waiting.seconds() < 2
    assert waiting.error


def test_a_connection_that_ends_by_itself_in_that_moment_is_no_fault() -> None:
    class Ending:
        """Has a socket at the first look, and none at the second."""

        def __init__(self, its_own: socket.socket) -> None:
            self.left = [its_own]

        @property
        def sock(self) -> socket.socket | None:
            return self.left.pop() if self.left else None

    with socket.socket() as its_own:
        ending, sockets = Ending(its_own), Sockets()
        sockets.opened(ending)  # type: ignore[arg-type]  # its socket is all that is looked at
        sockets.cut()
        assert ending.left == []
