"""What the daemon answers over HTTP."""

import asyncio
from hashlib import sha256

import httpx
import pytest

from scanner.model.scanned import Scanned
from scanner.publish.access.door import Door
from scanner.publish.access.settings import Admins, WebConfig
from scanner.publish.state import Board
from scanner.publish.web import application
from tests.outlets import ANYBODY, outlet
from tests.unit.publish.samples import HOSTILE_NAME, entry_missing

ADMIN = Door(lambda: WebConfig(tokens={"a": sha256(b"t").hexdigest()}, admins=Admins(tokens=frozenset({"a"}))))


def ask(board: Board, path: str, method: str = "GET", door: Door = ANYBODY, **headers: str) -> httpx.Response:
    async def answer() -> httpx.Response:
        transport = httpx.ASGITransport(application(board, outlet(door)))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(answer())


def scanned() -> Board:
    board = Board()
    board.state = board.state.succeeded(Scanned(entry_missing(), {}), at=1000.0, duration=1.0)
    return board


def test_is_healthy_from_the_start() -> None:
    assert ask(Board(), "/-/healthy").status_code == 200


def test_is_not_ready_before_the_first_scan() -> None:
    answer = ask(Board(), "/-/ready")
    assert (answer.status_code, answer.text) == (503, "Not ready: The first scan has not finished yet.\n")


def test_says_why_the_first_scan_failed() -> None:
    board = Board()
    board.state = board.state.failed(f"the engine is gone {HOSTILE_NAME}", at=1000.0)
    answer = ask(board, "/-/ready")
    assert answer.status_code == 503
    assert answer.text.startswith("Not ready: the engine is gone ")
    assert answer.text.removesuffix("\n").isprintable()


def test_does_not_tell_a_probe_that_nobody_knows_why_it_is_not_ready() -> None:
    board = Board()
    board.state = board.state.failed("dc1 at 10.0.0.1 is gone", at=1000.0)
    assert ask(board, "/-/ready", door=ADMIN).text == "Not ready.\n"
    assert ask(board, "/-/ready", door=ADMIN, authorization="Bearer t").text == "Not ready: dc1 at 10.0.0.1 is gone.\n"


def test_asks_for_what_the_file_has() -> None:
    refused = ask(scanned(), "/metrics", door=ADMIN)
    assert refused.status_code == 401
    assert refused.headers.get_list("www-authenticate") == ['Bearer realm="consul-scan"']


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("/metrics", "x/-/healthy?"),
        ("/metrics", "x/-/healthy#"),
        ("/-/healthy%3F", "x"),
        ("/-/healthy%23/metrics", "x"),
        ("/-/healthy/../../metrics", "x"),
    ],
)
def test_no_way_of_writing_a_request_makes_it_an_open_one(path: str, host: str) -> None:
    assert ask(scanned(), path, door=ADMIN, host=host).status_code == 401


def test_is_ready_once_a_scan_gave_results_and_stays_so() -> None:
    board = scanned()
    assert ask(board, "/-/ready").status_code == 200
    board.state = board.state.failed("the engine is gone", at=2000.0)
    assert ask(board, "/-/ready").status_code == 200


def test_serves_metrics_as_prometheus_text() -> None:
    answer = ask(scanned(), "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'consul_scan_cluster_up{consul_cluster="dc1"} 1.0' in answer.text


def test_serves_metrics_as_openmetrics_to_who_asks() -> None:
    answer = ask(scanned(), "/metrics", accept="application/openmetrics-text; version=1.0.0")
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_the_landing_page_links_all_of_it() -> None:
    page = ask(Board(), "/").text
    for path in ("/metrics", "/-/healthy", "/-/ready"):
        assert f'href="{path}"' in page


@pytest.mark.parametrize("path", ["/", "/metrics", "/-/healthy", "/-/ready"])
def test_answers_get_and_head_alone(path: str) -> None:
    assert ask(scanned(), path, "HEAD").status_code == 200
    assert ask(scanned(), path, "HEAD").content == b""
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert ask(scanned(), path, method).status_code == 403
        assert ask(scanned(), path, method, ADMIN, authorization="Bearer t").status_code == 405


def test_knows_nothing_else() -> None:
    assert ask(scanned(), "/api").status_code == 404
