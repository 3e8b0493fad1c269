"""What a caller may cost: the time of a request, its size, the number of connections."""

import logging
import socket
import time
from collections.abc import Iterator

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from scanner.publish import serving
from scanner.publish.access import connection
from scanner.publish.access.door import Door
from scanner.publish.access.settings import OPEN
from tests.web_server import web_server

HEAD = b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(connection, "REQUEST_SECONDS", 0.5)
    monkeypatch.setattr(serving, "MOST_CONNECTIONS", 5)
    with web_server(Door(lambda: OPEN)) as at:
        yield at


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def rest(caller: socket.socket) -> bytes:
    """All that still comes until the connection ends; nothing where it is cut."""
    parts = []
    try:
        while part := caller.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def drip(caller: socket.socket, times: int) -> None:
    for _ in range(times):
        caller.sendall(b"G")
        time.sleep(0.05)


def alive(caller: socket.socket) -> bool:
    """Ask once, and read the answer to its end."""
    caller.sendall(HEAD + b"\r\n")
    seen = b""
    while not seen.endswith(b"alive.\n"):
        part = caller.recv(65536)
        assert part, seen
        seen += part
    return seen.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("said", [b"", b"GET", HEAD, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx"])
def test_who_does_not_come_to_the_point_is_cut(port: int, said: bytes) -> None:
    with connected(port) as caller:
        started = time.monotonic()
        caller.sendall(said)
        rest(caller)
        assert time.monotonic() - started < 5


async def reading(scope: Scope, receive: Receive, send: Send) -> None:
    """Read what is sent to its end, and answer that."""
    body = await Request(scope, receive).body()
    await Response(body)(scope, receive, send)


def test_a_body_has_its_time_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "REQUEST_SECONDS", 0.5)
    with web_server(Door(lambda: OPEN), reading) as port, connected(port) as caller:
        caller.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx")
        assert rest(caller) == b""


def test_a_byte_now_and_then_does_not_help(port: int) -> None:
    with connected(port) as caller, pytest.raises((BrokenPipeError, ConnectionResetError)):
        drip(caller, times=50)


def test_the_second_request_has_its_time_too(port: int) -> None:
    with connected(port) as caller:
        assert alive(caller)
        started = time.monotonic()
        caller.sendall(HEAD)
        assert rest(caller) == b""
        assert time.monotonic() - started < 4, "the time between two requests ended it, and not that of the request"


def test_a_connection_lives_on_after_the_time_of_its_first_request(port: int) -> None:
    with connected(port) as caller:
        for _ in range(2):
            assert alive(caller)
            time.sleep(0.7)


def test_a_head_has_a_largest_size(port: int) -> None:
    with connected(port) as caller:
        caller.sendall(HEAD + b"X: " + b"x" * serving.LARGEST_HEAD)
        assert rest(caller).startswith(b"HTTP/1.1 400")


def test_there_are_so_many_connections_and_no_more(port: int) -> None:
    url = f"http://127.0.0.1:{port}/-/healthy"
    # The client first: to make it takes a good part of the time after which they are cut.
    with httpx.Client(trust_env=False) as client:
        waiting = [connected(port) for _ in range(5)]
        assert client.get(url).status_code == 503
        for caller in waiting:
            rest(caller)
            caller.close()
        assert client.get(url).status_code == 200


def test_what_is_no_http_is_not_logged(port: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="asyncio"), connected(port) as caller:
        caller.sendall(b"\x16\x03\x01 what a TLS handshake looks like\r\n\r\n")
        assert rest(caller).startswith(b"HTTP/1.1 400")
    assert caplog.records == []


async def huge(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer more than the kernel keeps for somebody who does not read."""
    await Response(b"x" * 50_000_000)(scope, receive, send)


async def never(_scope: Scope, receive: Receive, _send: Send) -> None:
    """Begin no answer before the connection ends."""
    while (await receive())["type"] != "http.disconnect":
        pass


@pytest.mark.parametrize("app", [huge, never])
def test_who_does_not_take_the_answer_is_cut(app: ASGIApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 0.5)
    with web_server(Door(lambda: OPEN), app) as port, connected(port) as caller:
        caller.sendall(HEAD + b"\r\n")
        time.sleep(1)
        assert len(rest(caller)) < 50_000_000


def test_more_bytes_give_an_answer_no_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 0.5)
    with web_server(Door(lambda: OPEN), never) as port, connected(port) as caller:
        caller.sendall(HEAD + b"\r\n")
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            drip(caller, times=50)
