"""The store keeps what it was given, brings an old file forward, and drops what ended long ago, a bit at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, event

from scanner.errors import StoreError
from scanner.findings import retention
from scanner.findings.events import event_document
from scanner.findings.history import opened_history
from scanner.findings.lifecycle import Failure
from scanner.findings.migrations import NEWEST
from scanner.findings.recording import Record
from scanner.findings.sqlite import reading
from scanner.findings.store import SqliteStore
from scanner.findings.tables import metadata
from scanner.model.document import sha256
from scanner.model.finding import ENDED, Event, Finding, State, Transition
from scanner.model.recall import Wanted
from tests.unit.findings import first_version
from tests.unit.findings.outbox import outbox
from tests.unit.findings.scans import ORIGIN, SNAPSHOT, START, after, result

DAY = timedelta(days=1)
VERSION = "SELECT value FROM meta WHERE key = 'schema_version'"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "consul-scan.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(path)
    yield made
    made.close()


def finding(name: str, state: State = "open", **times: Any) -> Finding:
    failure = Failure.from_result(result("MGP-205", "fail", name))
    plain = Finding(name, state, **vars(failure), failing_since=None, last_failed_at=START, opened_at=START)
    return replace(plain, **times)


def told(found: Finding, event: Event = "opened", at: datetime = START, snapshot: str = "") -> Transition:
    return Transition(found.fingerprint, event, at, "told", replace(ORIGIN, snapshot=snapshot or ORIGIN.snapshot))


def record(found: Finding, *transitions: Transition, snapshot: bool = False) -> Record:
    events = [event_document(f"{found.fingerprint}-{each.event}-{each.at}", found, each) for each in transitions]
    return Record((found,), transitions=transitions, events=events, snapshot=SNAPSHOT if snapshot else None)


def rows(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        number: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return number


def test_the_migrations_make_the_tables_that_the_code_knows(store: SqliteStore, path: Path) -> None:
    made = MetaData()
    made.reflect(reading(path))

    def shape(of: MetaData) -> set[tuple[Any, ...]]:
        columns = {
            (table.name, column.name, str(column.type), column.nullable, column.primary_key)
            for table in of.tables.values()
            for column in table.columns
        }
        keys = {
            (key.parent.name, key.target_fullname, key.constraint and key.constraint.ondelete)
            for t in of.tables.values()
            for key in t.foreign_keys
        }
        indexes = {(index.name, *index.columns.keys()) for table in of.tables.values() for index in table.indexes}
        return columns | keys | indexes

    assert len(made.tables) == 9
    assert shape(made) == shape(metadata)
    assert store.findings() == {}


def test_a_store_is_written_ahead_and_checks_its_references(store: SqliteStore, path: Path) -> None:
    with store._database.transaction() as connection:  # noqa: SLF001 - the settings are those of this connection
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        assert [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked] == ["wal", 1, 1, 5000]
    assert path.with_name("consul-scan.db-wal").exists()


def test_what_was_kept_comes_back_whole(store: SqliteStore) -> None:
    kept = finding(
        "f",
        "reopened",
        failing_since=after(0.123456),
        resolved_at=after(7),
        unmarked_since=after(5),
        waived_by="w-1",
        caused_by=Failure.from_result(
            result("M", "fail", caused_by=[{"rule": "R", "cluster": "c", "kind": "k", "id": "i"}])
        ).caused_by,
    )
    store.record(record(kept))
    assert store.findings() == {"f": kept}

    changed = replace(kept, state="resolved", failing_since=None, waived_by=None, caused_by=())
    store.record(Record(findings=(changed,)))
    assert store.findings() == {"f": changed}

    store.record(Record(forgotten=("f",)))
    assert store.findings() == {}


def test_a_record_is_written_whole_or_not_at_all(store: SqliteStore, path: Path) -> None:
    good = record(finding("f"), told(finding("f")))
    store.record(good)

    with pytest.raises(StoreError, match=r"UNIQUE constraint failed: outbox\.event_id"):
        store.record(replace(good, findings=(finding("f", "resolved"), finding("g"))))

    assert store.findings() == {"f": finding("f")}
    assert (rows(path, "transitions"), rows(path, "outbox")) == (1, 1)


def test_one_snapshot_is_kept_once(store: SqliteStore, path: Path) -> None:
    store.record(record(finding("f"), told(finding("f")), snapshot=True))
    store.record(record(finding("g"), told(finding("g")), snapshot=True))

    assert rows(path, "snapshots") == 1
    with opened_history(path) as history:
        kept = history.snapshot(sha256(SNAPSHOT))
        assert history.snapshot("0" * 64) is None
    assert kept == b'{"clusters":{"dc1":{"name":"a snapshot"}}}'


@pytest.mark.parametrize("state", ENDED)
def test_what_ended_long_ago_goes_with_all_that_is_its(store: SqliteStore, path: Path, state: State) -> None:
    ended = finding("f", state, resolved_at=after(0))
    store.record(record(ended, told(ended), told(ended, "resolved", after(1)), snapshot=True))

    assert store.prune(START) is False
    assert rows(path, "findings") == 1
    assert store.prune(START + DAY) is True
    assert [rows(path, table) for table in ("findings", "transitions", "snapshots", "outbox")] == [0, 0, 0, 0]
    assert store.prune(START + DAY) is False


@pytest.mark.parametrize(
    "kept",
    [
        finding("f"),
        finding("f", "reopened"),
        finding("f", "pending", opened_at=None),
        finding("f", "resolved", resolved_at=START + 2 * DAY),
        finding("f", "resolved", resolved_at=START, failing_since=START + 2 * DAY),
    ],
    ids=["open", "reopened", "pending", "resolved since", "failing again"],
)
def test_what_has_not_ended_stays_whole(store: SqliteStore, path: Path, kept: Finding) -> None:
    store.record(record(kept, told(kept), snapshot=True))

    store.prune(START + DAY)

    assert [rows(path, table) for table in ("findings", "transitions", "snapshots")] == [1, 1, 1]


def test_of_an_open_finding_what_was_before_its_last_opening_ends_too(store: SqliteStore, path: Path) -> None:
    again = finding("f", "reopened", opened_at=START + 2 * DAY)
    first = [told(again, snapshot="a" * 64), told(again, "resolved", after(1))]
    store.record(record(again, *first, snapshot=True))
    store.record(record(again, told(again, "reopened", START + 2 * DAY), snapshot=True))

    store.prune(START + DAY)

    with opened_history(path) as history:
        assert [each.event for each in history.transitions("f")] == ["reopened"]
        assert history.snapshot("a" * 64) is None
        assert history.snapshot(sha256(SNAPSHOT)) is not None


def test_that_an_open_finding_was_muted_and_unmuted_ends_with_its_age(store: SqliteStore, path: Path) -> None:
    kept = finding("f")
    marks: list[Event] = ["muted", "unmuted", "muted"]
    old = [told(kept, each, after(1 + second)) for second, each in enumerate(marks)]
    store.record(record(kept, told(kept), *old, told(kept, "unmuted", START + 2 * DAY)))

    assert store.prune(START + DAY) is True

    with opened_history(path) as history:
        assert [each.event for each in history.transitions("f")] == ["opened", "unmuted"]
    assert store.findings() == {"f": kept}


def test_what_is_to_be_dropped_is_found_without_a_look_at_all_that_is_kept(store: SqliteStore) -> None:
    asked: list[tuple[str, Any]] = []

    def note(*call: Any) -> None:
        asked.append((call[2], call[3]))

    with store.database.transaction() as connection:
        event.listen(connection.engine, "before_cursor_execute", note)
        for pruning in retention.prunings():
            connection.execute(pruning, {"before": START, "at_once": 1})
        event.remove(connection.engine, "before_cursor_execute", note)
        plans = [
            (statement.split()[2], row[3])
            for statement, given in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        ]

    whole = {(table, step) for table, step in plans if step.startswith("SCAN")}
    # Of these there are few: what an endpoint has not got yet, and the endpoints.
    assert whole == {("messages", "SCAN messages"), ("messages", "SCAN endpoints")}
    assert {table for table, _ in plans} == {"findings", "transitions", "messages", "outbox", "snapshots"}


def test_years_of_history_are_dropped_a_bit_at_a_time(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for number in range(5):
        store.record(record(finding(f"f-{number}", "resolved", resolved_at=START)))

    left = [(store.prune(START + DAY), rows(path, "findings")) for _ in range(4)]

    assert left == [(True, 3), (True, 1), (True, 0), (False, 0)]


def test_a_store_is_read_while_it_is_written(store: SqliteStore, path: Path) -> None:
    store.record(record(finding("f")))
    with opened_history(path) as history:
        store.record(record(finding("g")))
        one_moment = [found.fingerprint for found in history.findings(Wanted())]
    with opened_history(path) as history:
        later = [found.fingerprint for found in history.findings(Wanted())]

    assert (one_moment, later) == (["f"], ["f", "g"])


@pytest.mark.parametrize("times", [1, 2])
def test_a_store_of_the_first_version_comes_forward_whole(path: Path, tmp_path: Path, times: int) -> None:
    first_version.written(path)
    for _ in range(times):
        SqliteStore(path).close()
    new = SqliteStore(tmp_path / "new.db")
    new.close()

    def tables(of: Path) -> list[Any]:
        with closing(sqlite3.connect(of)) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master ORDER BY name")]
            columns = [connection.execute("SELECT * FROM pragma_table_info(?)", (name,)).fetchall() for name in names]
            return [
                names,
                columns,
                *connection.execute("PRAGMA integrity_check"),
                connection.execute(VERSION).fetchone(),
            ]

    assert tables(path) == tables(tmp_path / "new.db")
    failure = result("MGP-205", "fail", waived_by="w-1", caused_by=[first_version.CAUSE])
    kept = Finding("f", "open", **vars(Failure.from_result(failure)), failing_since=START, last_failed_at=START)
    with opened_history(path) as history:
        assert history.findings(Wanted()) == [replace(kept, opened_at=START)]
        assert [(each.event, each.at, each.origin.scan_id) for each in history.transitions("f")] == [
            ("opened", START, "scan-0")
        ]
        assert history.snapshot("a" * 64) == first_version.SNAPSHOT
    assert outbox(path) == [{"id": "event-1"}]


def test_the_newest_version_is_that_of_the_last_migration(store: SqliteStore, path: Path) -> None:
    assert store.findings() == {}
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT key, value FROM meta").fetchall() == [("schema_version", str(NEWEST))]
