"""Requests to the API of a daemon that has scanned two peered clusters a few times."""

import asyncio
import json
from functools import cache
from hashlib import sha256
from pathlib import Path

import httpx
from starlette.types import ASGIApp

from scanner.model.document import Json
from scanner.publish.access.door import Door
from scanner.publish.access.settings import Admins, WebConfig
from scanner.publish.state import Board
from scanner.publish.web import application
from tests.outlets import board_of, outlet, remembered
from tests.unit.publish.samples import entry_missing, healthy, hostile

ADMIN = {"authorization": "Bearer t"}
READER = {"authorization": "Bearer r"}
TOKENS = {name: sha256(token.encode()).hexdigest() for name, token in (("a", "t"), ("b", "r"))}
ASKING = Door(lambda: WebConfig(tokens=TOKENS, admins=Admins(tokens=frozenset({"a"}))))
SNAPSHOT: Json = json.loads(Path(__file__).parents[3].joinpath("data/healthy-pair.json").read_text())


@cache
def lived() -> ASGIApp:
    """A daemon that saw failures come, go, and come again under hostile names."""
    recall = remembered(entry_missing(), healthy(), entry_missing(), hostile())
    return application(board_of(hostile(), SNAPSHOT), outlet(ASKING, recall))


@cache
def newborn() -> ASGIApp:
    """A daemon that has not scanned yet."""
    return application(Board(), outlet(ASKING))


def ask(
    app: ASGIApp, path: str, method: str = "GET", headers: dict[str, str] = ADMIN, *, bug: bool = False
) -> httpx.Response:
    """Ask once, as an administrator if nothing else is said; what `bug` raises is for the log."""

    async def answer() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=not bug)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(answer())


def read(path: str) -> Json:
    """Read a document of the daemon that lived."""
    answer = ask(lived(), path)
    assert answer.status_code == 200, answer.text
    document: Json = answer.json()
    return document
