"""The server sleeps while nothing is asked, tells the right time, and ends in silence."""

import asyncio
import logging
import socket
import threading
import time
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from scanner.publish.access.door import Door
from scanner.publish.access.settings import OPEN
from tests.certificates import Authority
from tests.web_files import door, get, tls, trusting
from tests.web_server import web_server

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def wakes(thread: threading.Thread) -> int:
    """How often a thread has waited for something so far."""
    status = Path(f"/proc/self/task/{thread.native_id}/status").read_text()
    return int(status.split("\nvoluntary_ctxt_switches:")[1].split()[0])


def test_sleeps_while_nothing_is_asked() -> None:
    before = set(threading.enumerate())
    with web_server(Door(lambda: OPEN)) as port:
        (serving,) = set(threading.enumerate()) - before
        assert httpx.get(f"http://127.0.0.1:{port}/-/healthy", trust_env=False).status_code == 200
        time.sleep(0.2)
        slept = wakes(serving)
        time.sleep(1)
        assert wakes(serving) - slept <= 2


def test_ends_as_soon_as_it_is_told() -> None:
    with web_server(Door(lambda: OPEN)):
        time.sleep(0.2)
        told = time.monotonic()
    assert time.monotonic() - told < 1


def test_each_answer_tells_the_time_of_now() -> None:
    with web_server(Door(lambda: OPEN)) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        for _ in range(2):
            told = client.get("/metrics").headers["date"]
            assert abs(parsedate_to_datetime(told).timestamp() - time.time()) < 1.5
            time.sleep(2)


class Waiting:
    """An app that never answers, or ends no answer that it has begun."""

    def __init__(self, *, begins: bool) -> None:
        self.begins = begins
        self.asked = threading.Event()
        self.cut_off = threading.Event()

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        if self.begins:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        self.asked.set()
        try:
            await asyncio.sleep(60)
        finally:
            self.cut_off.set()


@pytest.mark.parametrize("begins", [False, True])
def test_a_request_in_flight_is_cut_off_in_silence(caplog: pytest.LogCaptureFixture, *, begins: bool) -> None:
    app = Waiting(begins=begins)
    with web_server(Door(lambda: OPEN), app) as port, socket.create_connection(("127.0.0.1", port), 10) as caller:
        caller.sendall(REQUEST)
        assert app.asked.wait(10)
        told = time.monotonic()
    assert app.cut_off.is_set()
    assert time.monotonic() - told < 3
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_so_it_is_over_tls(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    authority, app = Authority(tmp_path), Waiting(begins=False)
    with web_server(door(tmp_path, tls(authority.issue("server", "127.0.0.1"))), app) as port:
        caller = threading.Thread(target=pytest.raises, args=(httpx.TransportError, get, port, trusting(authority)))
        caller.start()
        assert app.asked.wait(10)
    caller.join(10)
    assert app.cut_off.is_set()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_an_answer_that_is_nearly_done_is_given_to_its_end() -> None:
    asked = threading.Event()

    async def slow(_scope: Scope, _receive: Receive, send: Send) -> None:
        asked.set()
        await asyncio.sleep(0.5)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    with socket.socket() as caller:
        caller.settimeout(10)
        with web_server(Door(lambda: OPEN), slow) as port:
            caller.connect(("127.0.0.1", port))
            caller.sendall(REQUEST)
            assert asked.wait(10)
        assert caller.recv(100).startswith(b"HTTP/1.1 204")
