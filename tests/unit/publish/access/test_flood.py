"""Wrong passwords by the hundred, at the real server: who is known, and probes, are answered meanwhile."""

import base64
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from scanner.publish.access.logins import MOST_WAITING
from scanner.publish.serving import MOST_CONNECTIONS
from tests.web_files import READER, USERS, door
from tests.web_server import web_server

WRONG = base64.b64encode(b"nobody:x").decode()
GUESS = f"GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {WRONG}\r\n\r\n".encode()


def guess(port: int) -> socket.socket:
    caller = socket.create_connection(("127.0.0.1", port), timeout=20)
    caller.sendall(GUESS)
    return caller


def head(caller: socket.socket) -> str:
    """The status and the headers that a guess got."""
    return caller.recv(65536).partition(b"\r\n\r\n")[0].decode().lower()


@contextmanager
def guessing(port: int, callers: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        yield [stack.enter_context(guess(port)) for _ in range(callers)]


def test_a_flood_of_wrong_passwords(tmp_path: Path) -> None:
    with (
        web_server(door(tmp_path, USERS)) as port,
        httpx.Client(trust_env=False, base_url=f"http://127.0.0.1:{port}") as client,
    ):
        assert client.get("/metrics", auth=READER).status_code == 200
        with guessing(port, MOST_CONNECTIONS - 5) as callers:
            late = head(callers[-1])
            assert late.startswith("http/1.1 429")
            assert "retry-after: 5" in late
            assert client.get("/metrics", auth=READER).status_code == 200
            for login in (None, ("nobody", "x")):
                assert client.get("/-/healthy", auth=login).status_code == 200
                assert client.get("/-/ready", auth=login).status_code == 200
            seen = Counter(head(caller).split()[1] for caller in callers[:-1])
    assert seen == {"401": MOST_WAITING, "429": MOST_CONNECTIONS - 6 - MOST_WAITING}


def test_who_guesses_and_hangs_up_keeps_nobody_out(tmp_path: Path) -> None:
    with (
        web_server(door(tmp_path, USERS)) as port,
        httpx.Client(trust_env=False, base_url=f"http://127.0.0.1:{port}") as client,
    ):
        assert client.get("/metrics", auth=READER).status_code == 200
        for _ in range(MOST_CONNECTIONS // 5):
            for _ in range(20):
                guess(port).close()
            assert client.get("/-/healthy").status_code == 200
            assert client.get("/metrics", auth=READER).status_code == 200
