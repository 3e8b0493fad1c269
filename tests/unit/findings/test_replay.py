"""Replay lets what was given up wait again, beside the daemon that writes the store."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.errors import StoreError, UsageError
from scanner.findings.history import opened_history
from scanner.findings.outbox import SqliteOutbox
from scanner.findings.replay import replay
from scanner.findings.store import SqliteStore
from scanner.model.outbox import Message, Queue
from tests.unit.findings.scans import START, after
from tests.unit.findings.test_outbox import gathered, happen
from tests.unit.findings.test_store_trouble import HOLDER, ROOT

LATER = after(3600)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "consul-scan.db"


@pytest.fixture
def dead(path: Path) -> list[Message]:
    """A store with an endpoint that has two dead letters, and is open."""
    store = SqliteStore(path)
    box = SqliteOutbox(store.database)
    box.welcome(["ops", "audit"])
    for name in ("a", "b"):
        happen(store, name)
        for message in gathered(box):
            box.buried(message, "it answered 500")
    with opened_history(path) as history:
        letters = history.dead("ops")
    store.close()
    return letters


def test_dead_letters_are_read_beside_the_daemon(path: Path, dead: list[Message]) -> None:
    assert [letter.fault for letter in dead] == ["it answered 500"] * 2
    with opened_history(path) as history:
        assert history.queue("ops") == Queue(dead=2)
        assert history.queue("audit") == history.queue("unheard") == Queue()


def test_all_of_them_wait_again(path: Path, dead: list[Message]) -> None:
    assert replay(path, "ops", None, LATER) == 2

    waiting = SqliteOutbox(SqliteStore(path).database).waiting("ops")
    assert [(message.id, message.attempts, message.due) for message in waiting] == [
        (each.id, 0, LATER) for each in dead
    ]


def test_one_of_them_waits_again(path: Path, dead: list[Message]) -> None:
    assert replay(path, "ops", dead[1].id, LATER) == 1

    with opened_history(path) as history:
        assert [letter.id for letter in history.dead("ops")] == [dead[0].id]


def test_a_disabled_endpoint_is_sent_to_again(path: Path, dead: list[Message]) -> None:
    store = SqliteStore(path)
    SqliteOutbox(store.database).disable("ops", START)
    store.close()

    assert replay(path, "ops", None, LATER) == len(dead)
    with opened_history(path) as history:
        assert history.queue("ops") == Queue(2, START)


def test_it_writes_beside_a_running_daemon(path: Path, dead: list[Message]) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        assert replay(path, "ops", None, LATER) == len(dead)
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()


@pytest.mark.parametrize(("endpoint", "message"), [("unheard", None), ("ops", "no-such-message")])
def test_what_is_not_there_is_refused_and_nothing_is_changed(
    path: Path, dead: list[Message], endpoint: str, message: str | None
) -> None:
    with pytest.raises(UsageError, match=message or endpoint):
        replay(path, endpoint, message, LATER)
    with opened_history(path) as history:
        assert history.dead("ops") == dead


def test_no_store_is_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is not there"):
        replay(tmp_path / "no.db", "ops", None, LATER)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_store_is_told(path: Path) -> None:
    path.write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match="no SQLite database"):
        replay(path, "ops", None, LATER)
