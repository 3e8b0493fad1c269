"""The outbox gives each endpoint what it wants, in order, and forgets it only when it arrived or was given up."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from scanner.errors import StoreError
from scanner.findings import messages
from scanner.findings.outbox import SqliteOutbox
from scanner.findings.store import SqliteStore
from scanner.model.document import Json
from scanner.model.finding import Event
from scanner.model.outbox import Message, Queue
from tests.unit.findings.scans import START, after
from tests.unit.findings.test_store import DAY, finding, record, rows, told


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "consul-scan.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(path)
    yield made
    made.close()


@pytest.fixture
def box(store: SqliteStore) -> SqliteOutbox:
    made = SqliteOutbox(store.database)
    made.welcome(["ops"])
    return made


def happen(store: SqliteStore, name: str, event: Event = "opened", seconds: float = 0) -> None:
    store.record(record(finding(name), told(finding(name), event, after(seconds))))


def everything(_event: Json) -> bool:
    return True


def gathered(box: SqliteOutbox, endpoint: str = "ops") -> list[Message]:
    box.gather(endpoint, everything)
    return list(box.waiting(endpoint))


def names(box: SqliteOutbox, message: Message) -> list[str]:
    return [event["finding"]["fingerprint"] for event in box.events(message)]


def test_a_burst_is_one_message_with_the_id_of_its_first_event(store: SqliteStore, box: SqliteOutbox) -> None:
    for second, name in enumerate(("a", "b", "a")):
        happen(store, name, seconds=second)

    (message,) = gathered(box)

    assert names(box, message) == ["a", "b", "a"]
    assert (message.id, message.about) == (box.events(message)[0]["id"], frozenset("ab"))
    assert (message.created, message.due, message.attempts) == (START, START, 0)
    assert gathered(box) == [message]


def test_a_huge_burst_is_several_messages(
    store: SqliteStore, box: SqliteOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "LARGEST_MESSAGE", 2)
    for name in "abcde":
        happen(store, name)

    assert [names(box, message) for message in gathered(box)] == [["a", "b"], ["c", "d"], ["e"]]


def test_what_is_not_wanted_is_left_out_for_good(store: SqliteStore, box: SqliteOutbox) -> None:
    happen(store, "a")
    box.gather("ops", lambda _event: False)

    assert gathered(box) == []
    assert box.first_new("ops") is None


def test_what_could_not_be_put_into_messages_is_new_again(
    store: SqliteStore, box: SqliteOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(store, "a")
    with monkeypatch.context() as broken:
        broken.setattr(messages, "about", lambda _event: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            gathered(box)

    assert box.first_new("ops") == START
    assert [names(box, message) for message in gathered(box)] == [["a"]]


def test_a_new_event_is_told_until_it_is_gathered(store: SqliteStore, box: SqliteOutbox) -> None:
    assert (box.first_new("ops"), box.newest()) == (None, 0)
    happen(store, "a", seconds=3)
    happen(store, "b", seconds=4)

    assert (box.first_new("ops"), box.newest()) == (after(3), 2)
    gathered(box)
    assert box.first_new("ops") is None


def test_a_new_endpoint_gets_what_happens_from_then_on(store: SqliteStore, box: SqliteOutbox) -> None:
    happen(store, "before")
    box.welcome(["ops", "late"])
    happen(store, "since")

    assert [names(box, message) for message in gathered(box, "late")] == [["since"]]
    assert [names(box, message) for message in gathered(box)] == [["before", "since"]]


def test_an_endpoint_that_is_gone_is_forgotten_with_what_waited_for_it(
    store: SqliteStore, box: SqliteOutbox, path: Path
) -> None:
    happen(store, "a")
    gathered(box)

    assert box.welcome(["ops"]) == 0
    assert box.welcome(["other"]) == 1
    assert (rows(path, "messages"), rows(path, "message_events"), rows(path, "outbox")) == (0, 0, 1)


def test_each_endpoint_has_its_own_queue(store: SqliteStore, box: SqliteOutbox) -> None:
    box.welcome(["ops", "audit"])
    happen(store, "a")
    (message,) = gathered(box)
    gathered(box, "audit")

    box.delivered(message)

    assert box.queue("ops") == Queue()
    assert box.queue("audit") == Queue(1, START)


def test_a_failed_attempt_is_counted_and_due_again(store: SqliteStore, box: SqliteOutbox) -> None:
    happen(store, "a")
    (message,) = gathered(box)

    box.postponed(message, after(60), "it answered 500")

    (again,) = box.waiting("ops")
    assert (again.id, again.attempts, again.due, again.fault) == (message.id, 1, after(60), "it answered 500")
    assert box.queue("ops") == Queue(1, START)


def test_a_dead_letter_waits_no_more_and_is_kept(store: SqliteStore, box: SqliteOutbox, path: Path) -> None:
    happen(store, "a")
    (message,) = gathered(box)

    box.buried(message, "it answered 500")

    assert box.waiting("ops") == []
    assert box.queue("ops") == Queue(dead=1)
    assert rows(path, "message_events") == 1


def test_a_disabled_endpoint_keeps_what_it_has_not_got(store: SqliteStore, box: SqliteOutbox) -> None:
    box.disable("ops", after(5))
    happen(store, "a")
    gathered(box)
    box.welcome(["ops"])

    assert box.queue("ops") == Queue(1, START, disabled_at=after(5))


def test_an_event_that_waits_outlives_the_retention(store: SqliteStore, box: SqliteOutbox, path: Path) -> None:
    happen(store, "a")
    (message,) = gathered(box)

    store.prune(START + DAY)
    assert (rows(path, "outbox"), names(box, message)) == (1, ["a"])
    box.delivered(message)
    store.prune(START + DAY)
    assert rows(path, "outbox") == 0


@pytest.mark.parametrize("fate", ["dead", "disabled"])
def test_what_nobody_will_get_ends_with_the_retention(
    store: SqliteStore, box: SqliteOutbox, path: Path, fate: str
) -> None:
    happen(store, "a")
    (message,) = gathered(box)
    if fate == "dead":
        box.buried(message, "no")
    else:
        box.disable("ops", START)

    store.prune(START)
    assert rows(path, "messages") == 1
    store.prune(START + DAY)
    assert (rows(path, "messages"), rows(path, "outbox")) == (0, 0)


def test_a_store_that_was_put_in_place_anew_is_sent_from_its_first_event(store: SqliteStore, box: SqliteOutbox) -> None:
    box.welcome([])
    happen(store, "a")

    assert [names(box, message) for message in gathered(box)] == [["a"]]
    assert gathered(box)[0].attempts == 0


def test_what_stands_is_open_or_ended_lately(store: SqliteStore, box: SqliteOutbox) -> None:
    for name, state, ended in (("a", "open", None), ("b", "resolved", after(60)), ("c", "resolved", START)):
        store.record(record(finding(name, state, resolved_at=ended)))  # type: ignore[arg-type]
    store.record(record(finding("d", "pending")))

    standing = box.standing(START + timedelta(seconds=30))

    assert [found["fingerprint"] for found in standing.findings] == ["a", "b"]
    assert standing.failing == []


def test_many_threads_use_one_outbox_at_a_time(store: SqliteStore, box: SqliteOutbox) -> None:
    names_given = [f"f-{number}" for number in range(40)]
    box.welcome(["ops", *names_given[:4]])
    gatherers = [Thread(target=lambda name=name: [gathered(box, name) for _ in range(20)]) for name in names_given[:4]]
    writers = [Thread(target=happen, args=(store, name)) for name in names_given]
    for thread in (*gatherers, *writers):
        thread.start()
    for thread in (*gatherers, *writers):
        thread.join()

    for endpoint in ("ops", *names_given[:4]):
        held = [name for message in gathered(box, endpoint) for name in names(box, message)]
        assert sorted(held) == sorted(names_given)


def test_a_store_that_is_closed_is_not_written_any_more(store: SqliteStore, box: SqliteOutbox, path: Path) -> None:
    happen(store, "a")
    store.close()

    with pytest.raises(StoreError, match="is closed"):
        gathered(box)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM messages").fetchone() == (0,)


def test_findings_in_memory_have_an_outbox_too() -> None:
    store = SqliteStore(None)
    box = SqliteOutbox(store.database)
    box.welcome(["ops"])
    happen(store, "a")

    assert [names(box, message) for message in gathered(box)] == [["a"]]
    store.close()
