"""A real Alertmanager takes what stands, tells of it, and tells of its end; also after it has forgotten all."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from scanner.findings.failing_scans import FailingScans
from scanner.findings.outbox import SqliteOutbox
from scanner.findings.store import SqliteStore
from scanner.model.document import Json
from scanner.model.outbox import Queue
from scanner.publish.webhooks.alert_courier import AlertCourier
from scanner.publish.webhooks.courier import Pace
from scanner.publish.webhooks.sending import HttpSender
from scanner.publish.webhooks.settings import Endpoint, Filters, Road
from scanner.publish.webhooks.source import Written
from scanner.publish.webhooks.state import States
from tests.faults.behaviours import answer
from tests.faults.server import FaultServer
from tests.playground import wait_until
from tests.tools import tool
from tests.tools.gate import need_tools
from tests.unit.findings.test_store import finding, record, told
from tests.unit.test_daemon_process import free_port
from tests.unit.webhooks.events import HOSTILE

pytestmark = pytest.mark.integration

MINUTE = timedelta(minutes=1)


class Alertmanager:
    """One that tells a receiver of each alert at once."""

    def __init__(self, folder: Path, receiver: str) -> None:
        need_tools("alertmanager")
        self.folder, self.port = folder, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        route = {"receiver": "r", "group_by": ["..."], "group_wait": "0s", "group_interval": "1s"}
        receivers = [{"name": "r", "webhook_configs": [{"url": f"{receiver}/told"}]}]
        (folder / "alertmanager.yml").write_text(json.dumps({"route": route, "receivers": receivers}))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Up inside a `with`; each time it has forgotten all."""
        argv = [
            str(tool("alertmanager")),
            "--config.file=alertmanager.yml",
            f"--storage.path=data-{time.monotonic_ns()}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--cluster.listen-address=",
        ]
        process = subprocess.Popen(argv, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until("alertmanager is ready", self.is_ready)
            yield
        finally:
            process.kill()
            process.wait()

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/-/ready", trust_env=False).is_success
        except httpx.TransportError:
            return False

    def firing(self) -> list[Json]:
        alerts: list[Json] = httpx.get(f"{self.address}/api/v2/alerts", trust_env=False).json()
        return alerts


class Scene:
    """A store with what stands in it, and a courier whose clock is ahead of the world's by as much as it is told."""

    def __init__(self, store: SqliteStore, address: str, **filters: Any) -> None:
        self.store, self.ahead, self.states = store, timedelta(), States()
        endpoint = Endpoint("alerts", Written(f"{address}/"), "alertmanager", filters=Filters(**filters))
        self.courier = AlertCourier(
            endpoint, SqliteOutbox(store.database), HttpSender(Road()), self.states, Pace(self.now, lambda: 0.5)
        )

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def stands(self, name: str, state: Any = "open", what: Any = "opened", **fields: Any) -> None:
        at = datetime.now(UTC)
        found = finding(name, state, opened_at=at - MINUTE, last_failed_at=at, **fields)
        self.store.record(record(found, told(found, what, at)))

    @property
    def attempts(self) -> dict[str, int]:
        return {what: number for what, number in self.states["alerts"].attempts.items() if number}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(tmp_path / "findings.db")
    yield made
    made.close()


def notified(receiver: FaultServer) -> list[tuple[str, str]]:
    """Return status and finding of each notification of the Alertmanager."""
    bodies = [json.loads(seen.body) for seen in receiver.requests]
    return [(alert["status"], alert["labels"].get("fingerprint", "")) for body in bodies for alert in body["alerts"]]


def test_what_stands_fires_and_what_ended_is_resolved(tmp_path: Path, store: SqliteStore) -> None:
    with FaultServer(answer(b"")) as receiver:
        alertmanager = Alertmanager(tmp_path, receiver.address)
        scene = Scene(store, alertmanager.address)
        with alertmanager.running():
            scene.stands("a")
            scene.stands("b", message=HOSTILE)
            scene.courier.step()
            both = {("firing", "a"), ("firing", "b")}
            wait_until("both fire", lambda: set(notified(receiver)), lambda seen: seen == both)
            hostile = next(alert for alert in alertmanager.firing() if alert["labels"]["fingerprint"] == "b")
            assert hostile["annotations"]["description"].isprintable()
            assert "<!channel>" in hostile["annotations"]["description"]

            scene.stands("a", "resolved", "resolved", resolved_at=datetime.now(UTC))
            scene.courier.step()
            wait_until("a is resolved", lambda: notified(receiver), lambda seen: ("resolved", "a") in seen)
            assert [alert["labels"]["fingerprint"] for alert in alertmanager.firing()] == ["b"]
    assert scene.attempts == {"success": 2}


def test_all_is_sent_again_so_that_one_that_forgot_knows_again(tmp_path: Path, store: SqliteStore) -> None:
    with FaultServer(answer(b"")) as receiver:
        alertmanager = Alertmanager(tmp_path, receiver.address)
        scene = Scene(store, alertmanager.address)
        scene.stands("a")
        scene.courier.step()
        assert scene.attempts == {"retry": 1}
        assert (scene.states["alerts"].queue.depth, scene.states["alerts"].queue.oldest is None) == (1, False)
        with alertmanager.running():
            scene.courier.step()
            assert alertmanager.firing() == []
            scene.ahead = timedelta(seconds=7)
            scene.courier.step()
            (first,) = alertmanager.firing()
        with alertmanager.running():
            scene.courier.step()
            assert alertmanager.firing() == []
            scene.ahead += MINUTE
            scene.courier.step()
            (again,) = alertmanager.firing()
    assert scene.states["alerts"].queue == Queue()
    assert again["labels"] == first["labels"]
    assert again["endsAt"] > first["endsAt"]
    assert scene.attempts == {"retry": 1, "success": 2}


def test_what_is_muted_and_a_scan_that_works_again_end(tmp_path: Path, store: SqliteStore) -> None:
    with FaultServer(answer(b"")) as receiver:
        alertmanager = Alertmanager(tmp_path, receiver.address)
        scene, failing = Scene(store, alertmanager.address), FailingScans(store.database)
        with alertmanager.running():
            scene.stands("a")
            for seconds in (0, 40):
                failing.observe({"dc2": "connection refused"}, scene.now() + timedelta(seconds=seconds))
            scene.courier.step()
            names = {alert["labels"]["alertname"] for alert in alertmanager.firing()}
            assert names == {"ConsulComplianceFinding", "ConsulScanFailing"}

            scene.stands("a", what="muted", waived_by="w-1")
            failing.observe({"dc2": None}, scene.now() + timedelta(seconds=80))
            scene.courier.step()
            wait_until("nothing fires", alertmanager.firing, lambda seen: seen == [])
            wait_until("it is told", lambda: notified(receiver), lambda seen: ("resolved", "a") in seen)
