"""The tour of docs/api.md: its commands, run in order against a real daemon, print what they show."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scanner.publish.api.endpoints import ENDPOINTS
from scanner.publish.api.openapi import openapi
from tests.faults.consul import AUTHORIZE
from tests.faults.replay import replay
from tests.faults.server import FaultServer
from tests.playground import wait_until
from tests.test_docs import rows
from tests.test_worked_example import steps
from tests.unit.test_daemon_process import free_port

PAGE = (Path(__file__).parents[1] / "docs" / "api.md").read_text()
READ, ADMIN = "read-read-read-read-read-read", "admin-admin-admin-admin"
COMMAND = Path(sys.executable).with_name("consul-scan")
CHANGING = (
    r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00",
    r"[0-9a-f]{64}",
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    r'(?<="next": ")[^"]+',
    r"(?<=after=)[\w-]+",
)


@pytest.fixture
def consul() -> Iterator[FaultServer]:
    """One cluster of recorded answers."""
    with replay(1) as server:
        yield server


@pytest.fixture
def api(tmp_path: Path, consul: FaultServer) -> Iterator[str]:
    """A daemon that follows it."""
    for path, text in steps(PAGE):
        if path:
            (tmp_path / path).write_text(text)
    config = tmp_path / "c.yaml"
    config.write_text(json.dumps({"clusters": {"dc1": {"address": f"{consul.address}/0"}}}))
    url = f"127.0.0.1:{free_port()}"
    argv = [str(COMMAND), "serve", "-c", str(config), "--listen", url, "--web-config", str(tmp_path / "web.yaml")]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
    try:
        wait_until("it is ready", lambda: status(f"http://{url}/-/ready"), lambda seen: seen == 200)
        yield f"http://{url}/api/v1"
    finally:
        process.kill()
        process.wait()


def status(url: str) -> int:
    try:
        return httpx.get(url, trust_env=False).status_code
    except httpx.TransportError:
        return 0


def lasting(text: str) -> str:
    """Leave out what is another one each time."""
    for pattern in CHANGING:
        text = re.sub(pattern, "…", text)
    return text


def test_each_command_prints_what_is_shown(api: str, tmp_path: Path) -> None:
    path = f"{COMMAND.parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "READ": READ, "ADMIN": ADMIN, "API": api, "NO_PROXY": "127.0.0.1"}
    shown, printed, after = [], [], ""
    for command, _, output in (step.partition("\n") for file, step in steps(PAGE) if not file):
        run = re.sub(r"(?<=after=)[\w-]+", after, command)
        ran = subprocess.run(["bash", "-c", run], cwd=tmp_path, env=environment, capture_output=True, text=True)  # noqa: PLW1510
        if found := re.search(r'"next": "([\w-]+)"', ran.stdout):
            after = found[1]
        shown.append((command, lasting(output.strip("\n"))))
        printed.append((command, lasting((ran.stdout + ran.stderr).strip("\n"))))

    assert len(shown) > 9
    assert printed == shown


def test_the_page_lists_the_parameters_of_each_list() -> None:
    lists = {endpoint.name: endpoint for endpoint in ENDPOINTS if endpoint.parameters}
    of = {cells[0].strip("`"): cells[1] for cells in rows(PAGE, "Parameters")}
    told = {(name, where) for name, words in of.items() for where in lists if where in words or words == "all lists"}

    assert len(of) > 5
    assert told == {(parameter.name, name) for name, one in lists.items() for parameter in one.parameters}


def test_the_page_lists_the_statuses_of_the_document() -> None:
    listed = {status for cells in rows(PAGE, "Answers that are none") for status in cells[0].split(", ")}
    answers = (item["responses"] for path in openapi()["paths"].values() for item in path.values())

    assert listed >= {status for one in answers for status in one} - {"200", "202", "500"}


def test_a_scan_that_is_asked_for_reads_everything_and_comes_at_once(api: str, consul: FaultServer) -> None:
    with httpx.Client(headers={"authorization": f"Bearer {ADMIN}"}, trust_env=False) as client:
        before = len(consul.paths)
        requested_at = client.post(f"{api}/scan").json()["requested_at"]
        wait_until(
            "the token was asked about",
            lambda: consul.paths[before:],
            lambda paths: any(path.endswith(AUTHORIZE) for path in paths),
            seconds=5,
        )
        wait_until(
            "its results are there",
            lambda: client.get(f"{api}/results").json()["scan"]["started_at"],
            lambda started_at: started_at >= requested_at,
            seconds=5,
        )
