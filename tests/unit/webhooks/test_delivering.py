"""Endpoints at work: each by itself, none held by another, and none ended by a fault."""

import base64
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook
from structlog.testing import capture_logs

from scanner.errors import ConfigError
from scanner.findings.outbox import SqliteOutbox
from scanner.findings.store import SqliteStore
from scanner.publish.webhooks.courier import Courier, Pace
from scanner.publish.webhooks.delivering import GRACE_SECONDS, Delivery, real_pace
from scanner.publish.webhooks.metrics import WebhookCollector
from scanner.publish.webhooks.outcome import OUTCOMES
from scanner.publish.webhooks.schedule import Schedule
from scanner.publish.webhooks.settings import Endpoint, Template
from scanner.publish.webhooks.source import InFile, Source, Written
from scanner.publish.webhooks.state import States
from tests.faults.behaviours import answer, silence
from tests.faults.server import FaultServer
from tests.playground import wait_until
from tests.unit.findings.test_outbox import happen
from tests.unit.test_daemon_process import free_port

PACE = Pace(
    lambda: datetime.now(UTC), lambda: 0.5, Schedule(timedelta(milliseconds=20)), timedelta(milliseconds=10), 0.3
)
SECRETS = ["whsec_" + base64.b64encode(letter * 24).decode() for letter in (b"a", b"b")]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(tmp_path / "findings.db")
    yield made
    made.close()


def endpoint(name: str, url: str, **fields: Any) -> Endpoint:
    return Endpoint(name, Written(url), window=timedelta(), **fields)


def delivered(states: States, name: str, number: int = 1) -> None:
    wait_until(f"{name} delivers", lambda: states[name].attempts["success"], lambda seen: seen >= number)


def test_an_endpoint_that_is_slow_or_dead_holds_no_other(store: SqliteStore) -> None:
    with FaultServer(answer(b"")) as well, FaultServer(silence(2.0)) as slow:
        three = (
            endpoint("well", well.address),
            endpoint("slow", slow.address),
            endpoint("dead", f"http://127.0.0.1:{free_port()}"),
        )
        with Delivery(three, SqliteOutbox(store.database), PACE) as states:
            for name in ("a", "b"):
                happen(store, name)
                delivered(states, "well", 1 if name == "a" else 2)
            wait_until("slow fails", lambda: states["slow"].attempts["retry"])
            wait_until("dead fails", lambda: states["dead"].attempts["retry"])
            assert (states["slow"].attempts["success"], states["dead"].attempts["success"]) == (0, 0)
            assert states["dead"].queue.depth == 2


def test_a_secret_is_read_anew_for_each_message(store: SqliteStore, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRETS[0])
    with FaultServer(answer(b"")) as server:
        signed = endpoint("ops", server.address, secrets=InFile(secret))
        with Delivery([signed], SqliteOutbox(store.database), PACE) as states:
            happen(store, "a")
            delivered(states, "ops")
            secret.write_text(f"{SECRETS[1]}\n{SECRETS[0]}")
            happen(store, "b")
            delivered(states, "ops", 2)
            secret.unlink()
            happen(store, "c")
            wait_until("it cannot be signed", lambda: states["ops"].attempts["retry"])
            secret.write_text(SECRETS[1])
            delivered(states, "ops", 3)
    readers = [{name.lower(): value for name, value in seen.headers.items()} for seen in server.requests]
    for number, secrets in enumerate((SECRETS[:1], SECRETS, SECRETS[1:])):
        for each in secrets:
            assert Webhook(each).verify(server.requests[number].body, readers[number])
        assert len(readers[number]["webhook-signature"].split()) == len(secrets)


def test_a_request_in_progress_does_not_hold_the_end(store: SqliteStore) -> None:
    with FaultServer(silence(5.0)) as server:
        pace = Pace(PACE.clock, PACE.chance, look_every=PACE.look_every)
        with Delivery([endpoint("ops", server.address)], SqliteOutbox(store.database), pace):
            happen(store, "a")
            wait_until("it is asked", lambda: server.paths)
            ends = time.monotonic()
    assert time.monotonic() - ends < GRACE_SECONDS + 0.5


def test_a_beginning_that_broke_off_goes_on_where_it_did(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[threading.Thread] = []
    start = threading.Thread.start

    is_refused = iter([False, True])

    def refuse_the_second(thread: threading.Thread) -> None:
        if next(is_refused, False):
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    two = [endpoint(name, f"http://127.0.0.1:{free_port()}") for name in ("one", "other")]
    delivery = Delivery(two, SqliteOutbox(store.database), PACE)
    monkeypatch.setattr(threading.Thread, "start", refuse_the_second)
    with pytest.raises(RuntimeError):
        delivery.__enter__()
    with delivery:
        assert len(started) == 2, "each endpoint is served once"


def test_what_waited_for_an_endpoint_that_is_gone_is_told_to_be_forgotten(store: SqliteStore) -> None:
    box = SqliteOutbox(store.database)
    box.welcome(["old"])
    happen(store, "a")
    box.gather("old", lambda _event: True)
    with capture_logs() as logs, Delivery([], box, PACE):
        pass

    assert [(entry["event"], entry["messages"]) for entry in logs] == [
        ("webhooks forgotten that are not in the config any more", 1)
    ]


def test_a_template_that_cannot_be_used_is_refused_at_the_start(store: SqliteStore) -> None:
    broken = endpoint("ops", "http://127.0.0.1", template=Template("{{ headline"))
    with pytest.raises(ConfigError, match="webhook ops: the template cannot be used"):
        Delivery([broken], SqliteOutbox(store.database), PACE)


def test_a_locked_store_is_told_once_and_waited_for(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.findings.sqlite.BUSY_SECONDS", 0.02)
    with store.database.transaction() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 20")
    with (
        FaultServer(answer(b"")) as server,
        capture_logs() as logs,
        Delivery([endpoint("ops", server.address)], SqliteOutbox(store.database), PACE) as states,
    ):
        happen(store, "a")
        delivered(states, "ops")
        with closing(sqlite3.connect(tmp_path / "findings.db", isolation_level=None)) as shell:
            shell.execute("BEGIN IMMEDIATE")
            wait_until("it is told", lambda: [entry for entry in logs if entry["event"] == "webhook waits"])
            shell.execute("ROLLBACK")
        happen(store, "b")
        delivered(states, "ops", 2)
    assert len([entry for entry in logs if entry["event"] == "webhook waits"]) == 1


def test_a_fault_that_nobody_thought_of_ends_no_endpoint(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = iter([True, True])
    step = Courier.step

    def faulty(courier: Courier) -> timedelta:
        if next(steps, False):
            raise ZeroDivisionError
        return step(courier)

    monkeypatch.setattr(Courier, "step", faulty)
    with (
        FaultServer(answer(b"")) as server,
        capture_logs() as logs,
        Delivery([endpoint("ops", server.address)], SqliteOutbox(store.database), PACE) as states,
    ):
        happen(store, "a")
        delivered(states, "ops")
    assert ["ZeroDivisionError" in entry["error"] for entry in logs if entry["event"] == "webhook waits"] == [True]


class Unread:
    """A source that fails as none should."""

    def text(self) -> str:
        raise ConfigError("the address is gone", "Bring it back")


def test_an_address_that_cannot_be_read_is_a_failed_attempt(store: SqliteStore) -> None:
    gone: Source = Unread()
    box = SqliteOutbox(store.database)
    kinds = (Endpoint("ops", gone, window=timedelta()), Endpoint("alerts", gone, "alertmanager"))
    with Delivery(kinds, box, PACE) as states:
        happen(store, "a")
        wait_until("both fail", lambda: all(states[name].attempts["retry"] for name in ("ops", "alerts")))
        # It is counted before it is written.
        wait_until("it is written", lambda: [waiting.fault for waiting in box.waiting("ops")], any)
        (waiting,) = box.waiting("ops")
    assert waiting.fault == "the address is gone. Bring it back"


def test_metrics_tell_of_each_endpoint(store: SqliteStore) -> None:
    with FaultServer(answer(b"", 410)) as gone, FaultServer(answer(b"")) as well:
        both = (endpoint("gone", gone.address), endpoint("well", well.address))
        with Delivery(both, SqliteOutbox(store.database), PACE) as states:
            happen(store, "a")
            delivered(states, "well")
            wait_until("it is disabled", lambda: states["gone"].queue.disabled_at)
            oldest = states["gone"].queue.oldest
            assert oldest is not None
            families = list(WebhookCollector(states, lambda: oldest.timestamp() + 60).collect())
    shown = {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}
    assert {key: value for key, value in shown.items() if value} == {
        ("consul_scan_webhook_queue_events", "gone"): 1,
        ("consul_scan_webhook_oldest_age_seconds", "gone"): 60,
        ("consul_scan_webhook_disabled", "gone"): 1,
        ("consul_scan_webhook_attempts_total", "gone", "disabled"): 1,
        ("consul_scan_webhook_attempts_total", "well", "success"): 1,
    }
    assert len(shown) == 2 * (4 + len(OUTCOMES))


def test_without_endpoints_there_are_no_metrics_of_them() -> None:
    assert list(WebhookCollector({}, lambda: 0.0).collect()) == []


def test_the_pace_of_production_is_that_of_the_docs() -> None:
    pace = real_pace()
    assert abs((pace.clock() - datetime.now(UTC)).total_seconds()) < 5
    assert 0 <= pace.chance() < 1
    assert (pace.limit_seconds, pace.schedule) == (15, Schedule())
