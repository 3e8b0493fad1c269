"""`consul-scan webhooks`, as its users type it: list, test and replay, beside a daemon or without one."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.cli.main import exit_code
from scanner.findings.history import opened_history
from scanner.findings.outbox import SqliteOutbox
from scanner.findings.store import SqliteStore
from scanner.model.document import Json
from scanner.model.outbox import Queue
from tests.faults.behaviours import answer
from tests.faults.server import FaultServer
from tests.unit.findings.scans import START
from tests.unit.findings.test_outbox import gathered, happen
from tests.unit.test_daemon_process import free_port

SECRET = "whsec_" + base64.b64encode(b"hushhush" * 4).decode()
LETTER = "a-opened-2026-11-22 09:00:00+00:00"
CONFIG = """
clusters: {dc1: {address: 'http://127.0.0.1:1'}}
store: {path: findings.db}
webhooks:
  - {name: ops, url: 'URL/hook', secret_file: hook.secret, filters: {severity: high, clusters: [dc1], muted: true}}
  - {name: chat, url_file: chat.url, format: slack, filters: {rules: [MGP-205], events: [finding.opened]}}
  - {name: alerts, url: 'URL', format: alertmanager}
"""


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(answer(b"", 204), {"/gone": answer(b"", 410)}) as made:
        yield made


@pytest.fixture
def config(tmp_path: Path, server: FaultServer) -> Path:
    (tmp_path / "hook.secret").write_text(SECRET)
    (tmp_path / "chat.url").write_text(f"{server.address}/gone")
    path = tmp_path / "consul-scan.yaml"
    path.write_text(CONFIG.replace("URL", server.address))
    return path


@pytest.fixture
def store(config: Path) -> Iterator[SqliteStore]:
    """What a daemon left: a dead letter and a waiting message for ops, and chat disabled."""
    made = SqliteStore(config.with_name("findings.db"))
    box = SqliteOutbox(made.database)
    box.welcome(["ops", "chat"])
    happen(made, "a")
    (first,) = gathered(box)
    box.buried(first, "it answered 500 \x1b[31m")
    happen(made, "b", seconds=5)
    gathered(box)
    box.disable("chat", START)
    yield made
    made.close()


def run(config: Path, *words: str) -> int:
    return exit_code(["webhooks", *words, "--config", str(config)])


def listed(config: Path, capsys: pytest.CaptureFixture[str]) -> Json:
    assert run(config, "list", "--format", "json") == 0
    told = capsys.readouterr().out
    assert "hush" not in told
    assert "127.0.0.1" not in told
    return {each["name"]: each for each in json.loads(told)["webhooks"]}


@pytest.mark.usefixtures("store")
def test_list_tells_what_each_has_not_got_beside_the_daemon(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = listed(config, capsys)

    assert (told["ops"]["waiting_events"], told["ops"]["oldest"]) == (1, "2026-11-22T09:00:05.000+00:00")
    (letter,) = told["ops"]["dead_letters"]
    assert (letter["attempts"], letter["fault"]) == (1, "it answered 500 \x1b[31m")
    assert told["chat"]["disabled_at"] == "2026-11-22T09:00:00.000+00:00"
    assert told["ops"]["filters"]["clusters"] == ["dc1"]


@pytest.mark.usefixtures("store")
def test_list_for_people(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config, "list") == 0

    assert capsys.readouterr().out.splitlines() == [
        "ops  standard, high or worse; of dc1; also what is muted",
        "  1 event waits, the oldest since 2026-11-22 09:00:05 UTC",
        f"  dead letter {LETTER} of 2026-11-22 09:00:00 UTC, attempts: 1: it answered 500 \\x1b[31m",
        "chat  slack, of MGP-205; only finding.opened",
        "  disabled since 2026-11-22 09:00:00 UTC, as it answered 410; 0 events kept",
        "alerts  alertmanager, all that alerts",
        "  what stands is sent each minute",
    ]


def test_list_without_a_store_or_without_webhooks(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(config, capsys)["ops"]["waiting_events"] is None
    assert run(config, "list") == 0
    assert capsys.readouterr().out.count("nothing sent yet: there is no store") == 3
    config.write_text("clusters: {dc1: {address: 'http://127.0.0.1:1'}}\n")
    assert run(config, "list") == 0
    assert capsys.readouterr().out == "No webhooks.\n"


@pytest.mark.parametrize(("name", "path"), [("ops", "/hook"), ("alerts", "/api/v2/alerts")])
def test_test_sends_one_event(
    config: Path, server: FaultServer, capsys: pytest.CaptureFixture[str], name: str, path: str
) -> None:
    assert run(config, "test", name) == 0

    assert capsys.readouterr().out == f"{name} took the test: it answered 204\n"
    assert server.paths == [path]
    assert b"a test of the endpoint" in server.requests[0].body


def test_test_tells_why_it_was_not_taken(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config, "test", "chat") == 2
    assert "webhook chat did not take the test: it answered 410" in capsys.readouterr().err
    config.write_text(CONFIG.replace("URL", f"http://127.0.0.1:{free_port()}"))
    assert [run(config, "test", name) for name in ("ops", "alerts")] == [2, 2]
    assert capsys.readouterr().err.count("Connection refused") == 2
    config.with_name("hook.secret").write_text("hushhush")
    config.with_name("chat.url").write_text("hushhush")
    assert [run(config, "test", name) for name in ("ops", "chat")] == [2, 2]
    told = capsys.readouterr().err
    assert "the secret of webhook ops holds what is no secret" in told
    assert "the address of the endpoint is no http:// or https:// URL" in told
    assert "hush" not in told


def test_test_of_an_alertmanager_whose_address_is_gone(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text().replace("chat.url, format: slack", "gone.url, format: alertmanager"))
    assert run(config, "test", "chat") == 2
    assert "gone.url cannot be read" in capsys.readouterr().err


@pytest.mark.usefixtures("store")
def test_replay_sends_dead_letters_again(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letter = listed(config, capsys)["ops"]["dead_letters"][0]["id"]
    assert run(config, "replay", "ops", letter) == 0
    assert capsys.readouterr().out == "1 message waits for ops again\n"
    assert run(config, "replay", "ops") == 0
    assert capsys.readouterr().out == "2 messages wait for ops again\n"
    assert run(config, "replay", "chat") == 0
    assert capsys.readouterr().out == "0 messages wait for chat again\n"
    with opened_history(config.with_name("findings.db")) as history:
        assert (history.queue("ops"), history.queue("chat")) == (Queue(2, START), Queue())


def test_what_cannot_be_replayed_says_why(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [("replay", "ops"), ("replay", "alerts"), ("replay", "nobody"), ("test", "nobody")]
    assert [run(config, *words) for words in asked] == [2] * 4
    told = capsys.readouterr().err
    assert "findings.db is not there" in told
    assert "webhook alerts keeps no messages" in told
    assert told.count("There is no webhook nobody") == 2
    config.write_text(config.read_text().replace("store: {path: findings.db}", ""))
    assert run(config, "replay", "ops") == 2
    assert "names no store" in capsys.readouterr().err
