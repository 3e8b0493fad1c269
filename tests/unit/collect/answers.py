"""A transport that answers from memory."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from scanner.collect.address import Address, parse_address
from scanner.collect.client import ConsulClient
from scanner.collect.fault import CallError
from scanner.collect.target import ClusterTarget
from scanner.collect.transport import RawAnswer, Request
from tests.faults.behaviours import DATE
from tests.faults.consul import AUTHORIZE, SCANNER, authorize, recorded
from tests.faults.server import FaultServer

NOW = datetime(2026, 11, 22, 15, 47, 10, tzinfo=UTC)
Answers = Mapping[str, Any]


def target(name: str = "dc1", **fields: Any) -> ClusterTarget:
    """Return a target that no test dials."""
    return ClusterTarget(name, fields.pop("address", parse_address("http://127.0.0.1:1")), **fields)


def address_of(server: FaultServer) -> Address:
    """Return where a server listens."""
    return parse_address(server.address)


def told(status: int, words: str) -> RawAnswer:
    """Return an answer in words, as Consul tells its errors."""
    return RawAnswer(status, {"date": DATE}, words.encode())


def said(value: Any, **headers: str) -> RawAnswer:
    """Return a JSON answer; header names take `_` for `-`."""
    named = {name.replace("_", "-").lower(): header for name, header in headers.items()}
    return RawAnswer(200, {"date": DATE, "x-consul-index": "7", **named}, json.dumps(value).encode())


def quiet(*_: str) -> None:
    """Hear of progress and do nothing."""


class Memory:
    """Answers by path: a RawAnswer as it is, a CallError raised, anything else as JSON. Other paths are 404."""

    def __init__(self, answers: Answers, *, anonymous: bool = False) -> None:
        """Remember what is asked in `paths` and `queries`."""
        self._answers = answers
        self.anonymous = anonymous
        self.requests: list[Request] = []

    @property
    def paths(self) -> list[str]:
        """The paths asked for."""
        return [request.path for request in self.requests]

    def send(self, request: Request) -> RawAnswer:
        """Answer from memory."""
        self.requests.append(request)
        answer = self._answers.get(request.path, told(404, "nothing here"))
        if isinstance(answer, CallError):
            raise answer
        return answer if isinstance(answer, RawAnswer) else said(answer)

    def close(self) -> None:
        """Nothing is open."""


def healthy(version: str = "1.22.7", *grants: str, but: Answers | None = None) -> dict[str, Any]:
    """Return the answers of a whole, healthy Consul; `but` changes some."""
    return {**recorded(version), AUTHORIZE: authorize(*(grants or SCANNER)), **(but or {})}


def client(answers: Answers) -> ConsulClient:
    """Return a client that these answers serve."""
    return ConsulClient(Memory(answers))
