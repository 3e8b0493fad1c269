"""Where nobody is asked who they are, a page that reaches loopback by a name of its own is told nothing."""

import socket
from pathlib import Path

import httpx
import pytest

from scanner.publish.access.door import Door
from scanner.publish.access.hosts import is_local
from scanner.publish.access.settings import OPEN
from scanner.publish.state import Board
from scanner.publish.web import application
from tests.outlets import outlet
from tests.web_files import READER, USERS, door
from tests.web_server import web_server

EVIL = "evil.example:9118"


@pytest.mark.parametrize(
    "host",
    ["", "localhost", "LocalHost:9118", "a.localhost:9118", "127.0.0.1", "127.0.0.1:9118", "127.8.8.8", "[::1]:9118"],
)
def test_names_of_this_machine(host: str) -> None:
    assert is_local(host)


@pytest.mark.parametrize(
    "host",
    [
        EVIL,
        "localhost.evil.example",
        "evillocalhost",
        "localhost@evil.example",
        "127.0.0.1.evil.example",
        "127.1",
        "0.0.0.0:9118",
        "10.0.0.1",
        "[::]:9118",
        "::1:evil",
        "[::1].evil.example",
        "[evil]",
    ],
)
def test_names_of_others(host: str) -> None:
    assert not is_local(host)


def asked(port: int, method: str, path: str, host: str = EVIL, login: tuple[str, str] | None = None) -> httpx.Response:
    with httpx.Client(trust_env=False, base_url=f"http://127.0.0.1:{port}") as client:
        return client.request(method, path, headers={"host": host}, auth=login)


def test_a_page_that_reached_loopback_by_its_own_name_reads_nothing() -> None:
    with web_server(Door(lambda: OPEN)) as port:
        for path in ("/", "/metrics", "/api/v1/results", "/api/v1/findings", "/api/v1/snapshot", "/nothing"):
            refused = asked(port, "GET", path)
            assert (refused.status_code, refused.headers["connection"]) == (421, "close")
            assert refused.headers["content-type"] == "application/problem+json"
            assert "localhost" in refused.json()["detail"]
        assert asked(port, "POST", "/-/reload").status_code == 421
        for path in ("/-/healthy", "/-/ready"):
            assert asked(port, "GET", path).status_code == 200
        for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
            assert asked(port, "GET", "/api/v1/results", host).status_code == 200


def test_such_a_page_is_not_told_why_it_is_not_ready() -> None:
    board = Board()
    board.state = board.state.failed("dc1 at 10.0.0.1 is gone", at=1000.0)
    with web_server(Door(lambda: OPEN), application(board, outlet(Door(lambda: OPEN)))) as port:
        assert asked(port, "GET", "/-/ready").text == "Not ready.\n"
        assert "10.0.0.1" in asked(port, "GET", "/-/ready", "localhost").text


def test_a_request_without_a_name_is_none_of_a_browser() -> None:
    with web_server(Door(lambda: OPEN)) as port, socket.create_connection(("127.0.0.1", port), timeout=10) as caller:
        caller.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        assert caller.recv(100).startswith(b"HTTP/1.1 200")


def test_where_callers_are_asked_the_name_says_nothing(tmp_path: Path) -> None:
    with web_server(door(tmp_path, USERS)) as port:
        assert asked(port, "GET", "/api/v1/results", login=READER).status_code == 200
        assert asked(port, "GET", "/api/v1/results").status_code == 401
