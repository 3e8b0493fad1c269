"""Connections that nobody says anything on: they are few, they end soon, and the daemon keeps sockets for itself."""

import asyncio
import errno
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from scanner.publish import serving
from scanner.publish.access import entrance
from scanner.publish.access.door import Door
from scanner.publish.access.entrance import Entrance
from scanner.publish.access.settings import OPEN
from scanner.publish.bind import listen, parse_bind
from tests.certificates import Authority
from tests.playground import wait_until
from tests.web_files import LOGINS, door, get, tls, trusting
from tests.web_server import web_server


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def port(tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server over TLS whose handshakes may take four seconds."""
    monkeypatch.setattr(entrance, "REQUEST_SECONDS", 4.0)
    with web_server(door(tmp_path, tls(authority.issue("server", "127.0.0.1")) + LOGINS)) as at:
        yield at


def ended(caller: socket.socket) -> bool:
    """Tell whether the other end closed a connection, without waiting."""
    caller.settimeout(0)
    try:
        return caller.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def silent(port: int, stack: ExitStack, number: int) -> list[socket.socket]:
    return [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10)) for _ in range(number)]


def test_silence_over_tls_takes_so_many_sockets_and_so_much_time(port: int, authority: Authority) -> None:
    most, started = 2 * serving.MOST_CONNECTIONS, time.monotonic()
    with ExitStack() as stack:
        callers = silent(port, stack, most + 100)
        wait_until("there are too many", lambda: sum(map(ended, callers)), lambda seen: seen >= 100, seconds=3)
        wait_until("all are gone", lambda: all(map(ended, callers)), seconds=10)
        assert 4 <= time.monotonic() - started < 9
        assert get(port, trusting(authority), "/-/healthy").status_code == 200


def test_silence_without_tls_takes_as_many_sockets() -> None:
    most = 2 * serving.MOST_CONNECTIONS
    with web_server(Door(lambda: OPEN)) as port, ExitStack() as stack:
        callers = silent(port, stack, most + 50)
        wait_until("there are too many", lambda: sum(map(ended, callers)), lambda seen: seen >= 50, seconds=5)
        assert sum(map(ended, callers)) == 50


def test_what_is_no_tls_is_ended_and_not_logged(
    port: int, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as caller:
        caller.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        while caller.recv(65536):
            pass
    assert get(port, trusting(authority), "/-/healthy").status_code == 200
    assert caplog.records == []


class Refusing(socket.socket):
    """A listening socket for which the system has no file descriptor a few times."""

    refusals = 3

    def accept(self) -> tuple[socket.socket, object]:
        if self.refusals:
            self.refusals -= 1
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


def refusing() -> Refusing:
    with listen(parse_bind("127.0.0.1:0")) as listener:
        return Refusing(fileno=listener.detach())


def test_without_file_descriptors_callers_wait_and_it_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrance, "REST_SECONDS", 0.05)

    async def taken(listener: Refusing) -> bytes:
        into = Entrance(listener, Greeting, None, (), 10)
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        said = await reader.read()
        writer.close()
        into.close()
        await into.wait_closed()
        return said

    with refusing() as listener, capture_logs() as logs:
        assert asyncio.run(taken(listener)) == b"hello"
    assert [(entry["event"], entry["error"]) for entry in logs] == [
        ("no connection can be taken", "[Errno 24] Too many open files")
    ]


class Greeting(asyncio.Protocol):
    """Says a word and hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(b"hello")
        transport.close()
