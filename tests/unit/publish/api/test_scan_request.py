"""A scan may be asked for by administrators, and so often."""

from datetime import UTC, datetime

import pytest
from starlette.exceptions import HTTPException

from scanner.publish.api.scan_request import PAUSE_SECONDS, ScanRequests
from scanner.publish.state import Board
from scanner.publish.web import application
from scanner.schemas import fault
from tests.outlets import outlet
from tests.unit.publish.api.asking import ADMIN, ASKING, READER, ask

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_an_administrator_asks_and_is_told_where_to_look() -> None:
    asked: list[str] = []
    app = application(Board(), outlet(ASKING, scan_now=lambda: asked.append("scan")))
    answer = ask(app, "/api/v1/scan", "POST")
    assert (answer.status_code, answer.headers["location"], asked) == (202, "/api/v1/results", ["scan"])
    assert fault(answer.json(), "scan_request") is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        (READER, 403),
        (ADMIN | {"content-length": "17"}, 413),
        (ADMIN | {"origin": "https://evil.example"}, 403),
    ],
)
def test_others_ask_in_vain(headers: dict[str, str], status: int) -> None:
    asked: list[str] = []
    app = application(Board(), outlet(ASKING, scan_now=lambda: asked.append("scan")))
    assert (ask(app, "/api/v1/scan", "POST", headers).status_code, asked) == (status, [])


def test_without_a_login_nobody_is_an_administrator() -> None:
    assert ask(application(Board(), outlet()), "/api/v1/scan", "POST", {}).status_code == 403


def test_a_parameter_is_refused() -> None:
    assert ask(application(Board(), outlet(ASKING)), "/api/v1/scan?cluster=dc1", "POST").status_code == 400


def test_one_scan_follows_another_after_a_pause() -> None:
    asked, now = [], [1000.0]
    scans = ScanRequests(lambda: asked.append(now[0]), lambda: now[0])
    assert scans.request(NOW)["requested_at"] == "2026-11-22T09:00:00.000+00:00"
    now[0] += PAUSE_SECONDS - 0.5
    with pytest.raises(HTTPException) as refused:
        scans.request(NOW)
    assert (refused.value.status_code, refused.value.headers) == (429, {"retry-after": "1"})
    now[0] += 0.5
    scans.request(NOW)
    assert asked == [1000.0, 1000.0 + PAUSE_SECONDS]
