"""What docs/webhooks.md shows works as it is written there: the receiver, the settings, the template."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from scanner.cli.main import exit_code
from scanner.config import load_config
from scanner.findings.outbox import SqliteOutbox
from scanner.findings.store import SqliteStore
from scanner.publish.webhooks.courier import Pace
from scanner.publish.webhooks.delivering import Delivery
from scanner.publish.webhooks.settings import EVENTS, Template
from scanner.publish.webhooks.template import FILTERS, compiled
from scanner.schemas import schema
from tests.playground import wait_until
from tests.test_docs import block, rows
from tests.unit.findings.test_store import finding, record, told
from tests.unit.test_daemon_process import free_port
from tests.unit.webhooks.events import HOSTILE, event, hostile, of_scan

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/webhooks.md").read_text()
SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()


def settings(number: int) -> str:
    """Return a block of YAML of the page."""
    found: list[str] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    return found[number]


@contextmanager
def receiver(folder: Path, port: int) -> Iterator[Path]:
    """The receiver of the page, in a process of its own; yield the file that it prints to."""
    (folder / "receiver.py").write_text(block(PAGE, "receiver"))
    printed = folder / "printed"
    argv = [sys.executable, "receiver.py", "hook.secret", str(port)]
    with printed.open("w") as out, subprocess.Popen(argv, cwd=folder, stdout=out) as process:
        try:
            wait_until("it listens", lambda: refusal(port), lambda seen: seen == 401)
            yield printed
        finally:
            process.kill()


def refusal(port: int) -> int:
    """Return how it answers what nobody signed."""
    try:
        return httpx.post(f"http://127.0.0.1:{port}/", content=b"{}", trust_env=False).status_code
    except httpx.TransportError:
        return 0


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "hook.secret").write_text(SECRET + "\n")
    path = tmp_path / "consul-scan.yaml"
    path.write_text(
        "clusters: {dc1: {address: 'http://127.0.0.1:1'}}\n" + settings(0).replace("9119", str(free_port()))
    )
    return path


def test_the_receiver_takes_what_is_signed_and_each_event_once(
    tmp_path: Path, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = load_config(config)
    port = int(loaded.webhooks[0].url.text().rstrip("/").rpartition(":")[2])
    pace = Pace(lambda: datetime.now(UTC), lambda: 0.5, look_every=timedelta(milliseconds=20))
    store = SqliteStore(loaded.store.path)
    box = SqliteOutbox(store.database)
    with receiver(tmp_path, port) as printed:
        assert exit_code(["webhooks", "test", "mine", "--config", str(config)]) == 0
        assert capsys.readouterr().out == "mine took the test: it answered 204\n"
        with Delivery(loaded.webhooks, box, pace):
            found = finding("a", message=HOSTILE)
            store.record(record(found, told(found)))
            wait_until("it arrives", printed.read_text, lambda text: "opened" in text)
            wait_until("it is forgotten", lambda: box.queue("mine").depth, lambda depth: depth == 0)
        store.close()
        lines = printed.read_text().splitlines()
    assert "`test 'the scan' 'a test of the endpoint mine: nothing happened'`" in PAGE
    assert lines == ["test 'the scan' 'a test of the endpoint mine: nothing happened'", "finding.opened 'a' 'told'"]


def test_all_settings_of_the_page_are_settings(tmp_path: Path) -> None:
    for name in ("hook.secret", "ca.pem"):
        (tmp_path / name).write_text(SECRET)
    path = tmp_path / "consul-scan.yaml"
    path.write_text("clusters: {dc1: {address: 'http://127.0.0.1:1'}}\n" + settings(1))

    ops, chat, alerts = load_config(path).webhooks
    assert (ops.format, chat.format, alerts.format) == ("standard", "slack", "alertmanager")
    keys = set(schema("config")["$defs"]["webhook"]["properties"])
    assert {key for key in keys if not re.search(rf"\b{key}\b", PAGE)} == set()


def test_all_types_of_events_are_told() -> None:
    listed = {name for cells in rows(PAGE, "What is sent") for name in re.findall(r"`(\w+\.?\w*)`", cells[0])}

    assert listed == {*EVENTS, "test"} == set(schema("event")["properties"]["type"]["enum"])


def test_the_template_of_the_page_gives_json() -> None:
    render = compiled(Template(block(PAGE, "template")))

    told_of = json.loads(render([hostile(), event("b"), of_scan()]))
    assert told_of["title"] == "2 findings opened, 1 scan failing"
    assert [item["rule"] for item in told_of["items"]] == ["MGP-205", "MGP-205", ""]
    assert {name for name in FILTERS if f"`{name}`" not in PAGE} == set()
