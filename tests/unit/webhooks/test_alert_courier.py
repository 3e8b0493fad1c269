"""Alerts go at once when something happens, else each minute, and patiently to one that does not answer."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.findings.outbox import SqliteOutbox
from scanner.findings.store import SqliteStore
from scanner.model.outbox import Queue
from scanner.publish.webhooks.alert_courier import AlertCourier
from scanner.publish.webhooks.courier import Pace
from scanner.publish.webhooks.sending import Answer, Request
from scanner.publish.webhooks.settings import Endpoint
from scanner.publish.webhooks.source import Written
from scanner.publish.webhooks.state import States
from tests.unit.findings.scans import START, after
from tests.unit.findings.test_outbox import happen

ENDPOINT = Endpoint("alerts", Written("http://127.0.0.1/am/"), "alertmanager")


class Scene:
    """A courier that takes steps, and an Alertmanager that answers as told."""

    def __init__(self, store: SqliteStore) -> None:
        self.now, self.store, self.states = START, store, States()
        self.answers: list[Answer] = []
        self.sent: list[tuple[float, str]] = []
        pace = Pace(lambda: self.now, lambda: 0.5)
        self.courier = AlertCourier(ENDPOINT, SqliteOutbox(store.database), self.send, self.states, pace)

    def send(self, request: Request) -> Answer:
        self.sent.append(((self.now - START).total_seconds(), request.url))
        return self.answers.pop(0) if self.answers else Answer(200)

    def run(self, seconds: float) -> list[float]:
        """Take a step each second until a time, and return when something was sent."""
        before = len(self.sent)
        while self.now < after(seconds):
            self.courier.step()
            self.now += timedelta(seconds=1)
        return [at for at, _ in self.sent[before:]]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    store = SqliteStore(tmp_path / "findings.db")
    yield Scene(store)
    store.close()


def test_nothing_that_stands_is_nothing_to_send(scene: Scene) -> None:
    assert scene.run(300) == []
    assert sum(scene.states["alerts"].attempts.values()) == 0


def test_what_happened_is_sent_at_once_and_again_each_minute(scene: Scene) -> None:
    scene.run(10)
    happen(scene.store, "a")
    assert scene.run(100) == [10, 70]
    happen(scene.store, "b")
    assert scene.run(200) == [100, 160]
    assert {url for _, url in scene.sent} == {"http://127.0.0.1/am/api/v2/alerts"}


def test_one_that_does_not_answer_is_asked_less_and_less_but_each_minute(scene: Scene) -> None:
    scene.answers = [Answer(500)] * 7
    happen(scene.store, "a")
    assert scene.run(40) == [0, 5, 15, 35]
    assert scene.states["alerts"].queue == Queue(1, START)
    happen(scene.store, "b")
    assert scene.run(300) == [75, 135, 195, 255]
    assert scene.states["alerts"].queue == Queue()
    assert scene.states["alerts"].attempts == {"success": 1, "retry": 7, "dead": 0, "disabled": 0}


def test_no_answer_disables_an_alertmanager(scene: Scene) -> None:
    scene.answers = [Answer(410)]
    happen(scene.store, "a")
    assert scene.run(10) == [0, 5]


def test_a_clock_that_was_set_back_holds_nothing(scene: Scene) -> None:
    happen(scene.store, "a")
    scene.run(5)
    scene.now = START - timedelta(minutes=2)
    scene.courier.step()
    assert len(scene.sent) == 2
