"""A courier brings each message until it has arrived or is given up, and a store in trouble loses nothing."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from scanner.errors import StoreError
from scanner.findings.outbox import SqliteOutbox
from scanner.findings.store import SqliteStore
from scanner.model.document import Json
from scanner.publish.webhooks.courier import Courier, Pace
from scanner.publish.webhooks.schedule import Schedule
from scanner.publish.webhooks.sending import Answer
from scanner.publish.webhooks.settings import Endpoint, Filters
from scanner.publish.webhooks.source import Written
from scanner.publish.webhooks.state import States
from tests.unit.findings.scans import START, after
from tests.unit.findings.test_outbox import happen

ENDPOINT = Endpoint("ops", Written("http://127.0.0.1/"), window=timedelta(seconds=2))
Sent = tuple[str, datetime, list[str]]


class Scene:
    """A courier with a real store in a file, a clock that is set, and a receiver that answers as told."""

    def __init__(self, path: Path, **fields: Any) -> None:
        self.now = START
        self.answers: list[Answer] = []
        self.sent: list[Sent] = []
        self.states = States()
        self.store = SqliteStore(path)
        self.box = SqliteOutbox(self.store.database)
        self.box.welcome(["ops"])
        self.courier = self.courier_of(Endpoint(**(vars(ENDPOINT) | fields)))

    def courier_of(self, endpoint: Endpoint) -> Courier:
        pace = Pace(lambda: self.now, lambda: 0.5, Schedule(attempts=3))
        return Courier(endpoint, self.box, self.deliver, self.states, pace)

    def deliver(self, message_id: str, at: datetime, events: Sequence[Json]) -> Answer:
        self.sent.append((message_id, at, [event["finding"]["fingerprint"] for event in events]))
        return self.answers.pop(0) if self.answers else Answer(200)

    def run(self, seconds: float) -> list[Sent]:
        """Take steps until a time, and return what was sent in them."""
        before = len(self.sent)
        while self.now <= after(seconds):
            self.now += self.courier.step()
        return self.sent[before:]

    @property
    def attempts(self) -> dict[str, int]:
        return {what: number for what, number in self.states["ops"].attempts.items() if number}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "findings.db"


Play = Callable[..., Scene]


@pytest.fixture
def play(path: Path) -> Iterator[Play]:
    scenes: list[Scene] = []

    def made(**fields: Any) -> Scene:
        scenes.append(Scene(path, **fields))
        return scenes[-1]

    yield made
    for scene in scenes:
        scene.store.close()


def test_events_of_a_window_go_together(play: Play) -> None:
    scene = play()
    for second, name in enumerate(("a", "b", "c", "d")):
        happen(scene.store, name, seconds=second)
        scene.run(second)

    assert [(at, names) for _, at, names in scene.sent] == [(after(2), ["a", "b", "c"])]
    assert [names for _, _, names in scene.run(6)] == [["d"]]
    assert scene.attempts == {"success": 2}
    assert scene.states["ops"].queue.depth == 0


def test_a_clock_that_was_set_back_holds_nothing(play: Play) -> None:
    scene = play()
    happen(scene.store, "a", seconds=3600)

    assert len(scene.run(1)) == 1


def test_what_is_not_wanted_is_not_sent(play: Play) -> None:
    scene = play(filters=Filters(clusters=("dc9",)))
    happen(scene.store, "a")

    assert scene.run(10) == []
    assert scene.box.first_new("ops") is None


def test_a_failed_attempt_is_made_again_with_the_same_id(play: Play) -> None:
    scene = play()
    scene.answers = [Answer(500), Answer(0, fault="no answer in 15 s")]
    happen(scene.store, "a")
    with capture_logs() as logs:
        sent = scene.run(60)

    assert len({message_id for message_id, _, _ in sent}) == 1
    assert [at for _, at, _ in sent] == [after(2), after(7), after(17)]
    assert scene.attempts == {"retry": 2, "success": 1}
    assert [(entry["event"], entry.get("error")) for entry in logs] == [
        ("webhook failed", "it answered 500"),
        ("webhook delivered", None),
    ]


def test_the_pause_that_is_asked_for_is_kept(play: Play) -> None:
    scene = play()
    scene.answers = [Answer(429, "30")]
    happen(scene.store, "a")

    assert [at for _, at, _ in scene.run(60)] == [after(2), after(32)]


def test_a_message_is_given_up_after_the_last_attempt(play: Play) -> None:
    scene = play()
    scene.answers = [Answer(500)] * 2 + [Answer(302)]
    happen(scene.store, "a")
    with capture_logs() as logs:
        sent = scene.run(3600)

    assert len(sent) == 3
    assert scene.attempts == {"retry": 2, "dead": 1}
    assert (scene.states["ops"].queue.depth, scene.states["ops"].queue.dead) == (0, 1)
    assert (logs[-1]["event"], logs[-1]["log_level"]) == ("webhook given up", "error")
    assert logs[-1]["error"] == "it answered 302; no redirect is followed"


def test_a_refused_message_holds_its_own_finding_and_no_other(play: Play) -> None:
    scene = play(window=timedelta())
    scene.answers = [Answer(500)]
    for second, name in enumerate(("a", "a", "b")):
        happen(scene.store, name, seconds=second)
        scene.run(second)

    assert [names for _, _, names in scene.sent] == [["a"], ["b"]]
    assert [names for _, _, names in scene.run(60)] == [["a"], ["a"]]


def test_an_endpoint_that_is_gone_is_disabled_and_what_it_has_not_got_is_kept(play: Play) -> None:
    scene = play()
    scene.answers = [Answer(410)]
    happen(scene.store, "a")
    scene.run(10)
    happen(scene.store, "b", seconds=10)
    with capture_logs() as logs:
        scene.run(3600)

    assert (len(scene.sent), scene.attempts, logs) == (1, {"disabled": 1}, [])
    assert (scene.states["ops"].queue.depth, scene.states["ops"].queue.disabled_at) == (2, after(2))


def test_what_waits_is_sent_after_a_restart(play: Play, path: Path) -> None:
    scene = play()
    scene.answers = [Answer(500)]
    happen(scene.store, "a")
    ((message_id, _, _),) = scene.run(3)
    scene.store.close()

    again = play()
    again.now = after(5)
    assert [sent[0] for sent in again.run(60)] == [message_id]
    assert path.exists()


@pytest.mark.parametrize("answer", [Answer(200), Answer(500), Answer(410)])
def test_what_became_of_a_message_is_kept_in_mind_while_the_store_is_locked(
    play: Play, path: Path, monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    monkeypatch.setattr("scanner.findings.sqlite.BUSY_SECONDS", 0.05)
    scene = play()
    happen(scene.store, "a")
    scene.now = after(2)
    with closing(sqlite3.connect(path, isolation_level=None)) as shell:

        def locks(*_given: Any) -> Answer:
            shell.execute("BEGIN IMMEDIATE")
            scene.sent.append(("m", scene.now, []))
            return answer

        scene.courier._deliver = locks  # noqa: SLF001 - locked between answer and note
        for _ in range(3):
            with pytest.raises(StoreError, match="another program has locked it"):
                scene.courier.step()
        shell.execute("ROLLBACK")
    scene.courier._deliver = scene.deliver  # noqa: SLF001
    scene.courier.step()

    assert len(scene.sent) == 1
    queue = scene.box.queue("ops")
    assert (queue.depth == 0, queue.disabled_at is not None) == (answer.status == 200, answer.status == 410)


def fill(store: SqliteStore) -> None:
    for number in range(1000):
        happen(store, f"f-{number}")


def test_a_full_disk_holds_events_until_there_is_space(play: Play) -> None:
    scene = play()
    with scene.store.database.transaction() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="the disk is full"):
        fill(scene.store)
    written = len(scene.store.findings())
    happen(scene.store, "after")

    sent = [name for _, _, names in scene.run(60) for name in names]
    assert sent == [*(f"f-{number}" for number in range(written)), "after"]
