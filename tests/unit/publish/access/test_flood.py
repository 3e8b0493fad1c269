"""Wrong passwords by the hundred, at the real server: who is known, and probes, are answered meanwhile."""

import base64
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from threading import Event

import bcrypt
import httpx
import pytest

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


def heads(callers: list[socket.socket], number: int) -> list[str]:
    """The heads of the first so many answers, whoever gets them; the others' connections alone stay in the list."""
    with DefaultSelector() as selector:
        for caller in callers:
            selector.register(caller, EVENT_READ, caller)
        got: list[str] = []
        while len(got) < number:
            ready = [key.data for key, _ in selector.select(20)]
            assert ready, f"{len(got)} of {number} were answered"
            for caller in ready:
                got.append(head(caller))
                selector.unregister(caller)
                callers.remove(caller)
    return got


@contextmanager
def hashing_held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Work through no hash before the event is set: how quick the host is at it decides nothing until then."""
    may, real = Event(), bcrypt.checkpw

    def checkpw(password: bytes, stored: bytes) -> bool:
        may.wait()
        return real(password, stored)

    with monkeypatch.context() as patched:
        patched.setattr(bcrypt, "checkpw", checkpw)
        try:
            yield may
        finally:
            may.set()


def test_a_flood_of_wrong_passwords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        web_server(door(tmp_path, USERS)) as port,
        httpx.Client(trust_env=False, base_url=f"http://127.0.0.1:{port}") as client,
    ):
        assert client.get("/metrics", auth=READER).status_code == 200
        with hashing_held(monkeypatch) as may, guessing(port, MOST_CONNECTIONS - 5) as callers:
            sent_away = heads(callers, len(callers) - MOST_WAITING)
            assert all("retry-after: 5" in late for late in sent_away)
            assert client.get("/metrics", auth=READER).status_code == 200
            for login in (None, ("nobody", "x")):
                assert client.get("/-/healthy", auth=login).status_code == 200
                assert client.get("/-/ready", auth=login).status_code == 200
            may.set()
            checked = [head(caller) for caller in callers]
    assert Counter(one.split()[1] for one in sent_away) == {"429": MOST_CONNECTIONS - 5 - MOST_WAITING}
    assert Counter(one.split()[1] for one in checked) == {"401": MOST_WAITING}


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
