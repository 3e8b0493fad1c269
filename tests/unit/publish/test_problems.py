"""What goes wrong is told as RFC 9457 has it, in every way that it can go wrong."""

import httpx
import pytest

from scanner.errors import StoreError
from scanner.model.finding import Finding
from scanner.model.recall import Told
from scanner.publish.headers import DEFAULTS
from scanner.publish.web import application
from scanner.schemas import fault
from tests.outlets import board_of, outlet
from tests.unit.publish.api.asking import ADMIN, ASKING, READER, SNAPSHOT, ask, lived, newborn
from tests.unit.publish.samples import HOSTILE_NAME, healthy


class Broken:
    """A memory that cannot be read."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def findings(self, *_: object) -> list[Finding]:
        raise self._error

    def told(self, *_: object) -> list[Told]:
        raise self._error


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert fault(answer.json(), "problem") is None
    assert answer.json()["status"] == answer.status_code
    assert {name: answer.headers.get(name) for name in DEFAULTS} == DEFAULTS
    return answer.status_code, answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "method", "headers", "status"),
    [
        ("/api/v1/findings?limit=x", "GET", READER, 400),
        ("/api/v1/findings", "GET", {}, 401),
        ("/api/v1/snapshot", "GET", READER, 403),
        ("/api/v1/findings", "PUT", READER, 403),
        ("/api/v1/findings/", "GET", READER, 404),
        ("/api/v1/nothing", "GET", READER, 404),
        ("/api/v1/findings", "PUT", ADMIN, 405),
        ("/api/v1/scan", "GET", READER, 405),
        ("/api/v1/findings", "GET", READER | {"transfer-encoding": "chunked"}, 411),
        ("/metrics", "GET", READER | {"content-length": "17"}, 413),
    ],
)
def test_each_refusal_is_a_problem(path: str, method: str, headers: dict[str, str], status: int) -> None:
    assert problem(ask(lived(), path, method, headers))[0] == status


def test_a_method_that_there_is_not_is_told_with_those_that_there_are() -> None:
    assert ask(lived(), "/api/v1/scan").headers["allow"] == "POST"


def test_what_is_not_there_yet_is_a_problem() -> None:
    assert problem(ask(newborn(), "/api/v1/results")) == (503, "The first scan has not finished yet")


def test_a_store_that_cannot_be_read_is_a_problem_of_what_it_holds_alone() -> None:
    broken = Broken(StoreError(f"Store {HOSTILE_NAME} is locked", "Wait"))
    app = application(board_of(healthy(), SNAPSHOT), outlet(ASKING, broken))
    for name in ("findings", "history"):
        assert problem(ask(app, f"/api/v1/{name}")) == (503, f"Store {HOSTILE_NAME} is locked. Wait")
    assert ask(app, "/api/v1/results").status_code == 200


def test_a_bug_is_a_problem_and_tells_no_more() -> None:
    app = application(board_of(healthy(), SNAPSHOT), outlet(ASKING, Broken(KeyError("secret"))))
    answer = ask(app, "/api/v1/findings", bug=True)
    assert problem(answer)[0] == 500
    assert "secret" not in answer.text
