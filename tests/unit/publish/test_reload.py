"""`POST /-/reload`: for administrators, with the reason where it fails; and what is served after it."""

import asyncio
import re
from hashlib import sha256

import httpx
import pytest

from scanner.model.scanned import Scanned
from scanner.publish.access.door import Door
from scanner.publish.access.settings import OPEN, Admins, WebConfig
from scanner.publish.state import Board
from scanner.publish.web import Exchanged, Outlet
from tests.outlets import outlet
from tests.unit.publish.builders import rules
from tests.unit.publish.samples import HOSTILE_NAME, healthy

ADMIN = {"a": sha256(b"admin").hexdigest(), "r": sha256(b"reader").hexdigest()}
ASKING = Door(lambda: WebConfig(tokens=ADMIN, admins=Admins(tokens=frozenset({"a"}))))


class Daemon:
    """An app whose outlets are served one after the other; `trouble` is what a reload meets."""

    def __init__(self, *outlets: Outlet, trouble: str = "") -> None:
        self.outlets, self.trouble, self.reloads = list(outlets), trouble, 0
        board = Board()
        board.state = board.state.succeeded(Scanned(healthy(), {}), at=1000.0, duration=1.0)
        self.app = Exchanged(board, lambda: self.outlets[0], self.reload)

    def reload(self) -> str:
        self.reloads += 1
        return self.trouble

    def ask(self, method: str, path: str, token: str = "") -> httpx.Response:
        async def answer() -> httpx.Response:
            transport, headers = httpx.ASGITransport(self.app), {"authorization": f"Bearer {token}"} if token else {}
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(answer())


def test_an_administrator_reloads() -> None:
    daemon = Daemon(outlet(ASKING))
    answer = daemon.ask("POST", "/-/reload", "admin")
    assert (answer.status_code, answer.text) == (200, "Reloaded: the next scan is by the new config.\n")
    assert daemon.reloads == 1


def test_what_failed_is_said_in_words_that_can_be_shown() -> None:
    answer = Daemon(outlet(ASKING), trouble=f"c.yaml:3: {HOSTILE_NAME}").ask("POST", "/-/reload", "admin")
    assert answer.status_code == 500
    assert answer.text.startswith("Not reloaded: c.yaml:3: ")
    assert answer.text.removesuffix("\n").isprintable()


@pytest.mark.parametrize(
    ("door", "method", "token", "status"),
    [
        (Door(lambda: OPEN), "POST", "", 403),
        (ASKING, "POST", "", 401),
        (ASKING, "POST", "reader", 403),
        (ASKING, "GET", "admin", 405),
    ],
)
def test_nobody_else_does(door: Door, method: str, token: str, status: int) -> None:
    daemon = Daemon(outlet(door))
    assert daemon.ask(method, "/-/reload", token).status_code == status
    assert daemon.reloads == 0


def test_after_it_the_new_catalogue_is_served() -> None:
    few, more = rules()[:1], rules()
    of_the_last = re.compile(f'^consul_compliance_open_findings.*rule="{more[-1].id}"', re.MULTILINE)
    daemon = Daemon(outlet(rules=few), outlet(rules=more))
    assert not of_the_last.search(daemon.ask("GET", "/metrics").text)
    del daemon.outlets[0]
    assert of_the_last.search(daemon.ask("GET", "/metrics").text)
