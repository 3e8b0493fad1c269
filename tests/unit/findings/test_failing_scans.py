"""A cluster that cannot be read, or a scan that fails as a whole, is told after a while, once, and so is its end."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from scanner.errors import StoreError
from scanner.findings.failing_scans import FailingScans
from scanner.findings.outbox import SqliteOutbox
from scanner.findings.register import Register
from scanner.findings.remembering import Remembering
from scanner.findings.store import SqliteStore
from scanner.findings.trouble import ALL, Fate
from scanner.model.document import Json
from scanner.schemas import fault
from tests.unit.findings.outbox import outbox
from tests.unit.findings.scans import RULES, SNAPSHOT, after, scan


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "consul-scan.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(path)
    yield made
    made.close()


def told(path: Path) -> list[tuple[str, str | None, str]]:
    events = outbox(path)
    assert [fault(event, "event") for event in events] == [None] * len(events)
    return [(event["type"], event["cluster"], event["message"]) for event in events]


def test_what_fails_for_a_while_is_told_once_and_so_is_its_end(store: SqliteStore, path: Path) -> None:
    failing = FailingScans(store.database)
    for second, why in enumerate(("refused", "refused", "timed out", "timed out", None, None)):
        failing.observe({"dc1": why, "dc2": None}, after(15 * second))

    assert told(path) == [("scan.failing", "dc1", "timed out"), ("scan.recovered", "dc1", "it can be read again")]
    assert [event["since"] for event in outbox(path)] == ["2026-11-22T09:00:00.000+00:00"] * 2


def test_one_scan_that_fails_is_no_news(store: SqliteStore, path: Path) -> None:
    failing = FailingScans(store.database)
    for second, why in enumerate(("refused", None, "refused", None)):
        failing.observe({"dc1": why}, after(60 * second))

    assert told(path) == []


def test_a_clock_that_was_set_back_ends_nothing(store: SqliteStore, path: Path) -> None:
    failing = FailingScans(store.database)
    for second in (0, 40, -300):
        failing.observe({"dc1": "refused"}, after(second))

    assert len(told(path)) == 1


def test_a_clock_that_was_set_back_delays_nothing(store: SqliteStore, path: Path) -> None:
    failing = FailingScans(store.database)
    for second in (3600, 0, 30):
        failing.observe({"dc1": "refused"}, after(second))

    assert told(path) == [("scan.failing", "dc1", "refused")]
    assert outbox(path)[0]["since"] == "2026-11-22T09:00:00.000+00:00"


def test_a_scan_that_fails_as_a_whole_says_nothing_of_clusters(store: SqliteStore, path: Path) -> None:
    failing = FailingScans(store.database)
    for second, fate in enumerate(({"dc1": "refused"}, {"dc1": "refused"}, {ALL: "no engine"}, {ALL: "no engine"})):
        failing.observe(fate, after(40 * second))

    assert told(path) == [("scan.failing", "dc1", "refused"), ("scan.failing", None, "no engine")]
    standing = SqliteOutbox(store.database).standing(after(0)).failing
    assert [(each["cluster"], each["message"]) for each in standing] == [("dc1", "refused"), (None, "no engine")]


def test_a_cluster_that_is_not_scanned_any_more_fails_no_more(store: SqliteStore, path: Path) -> None:
    failing = FailingScans(store.database)
    fates: list[Fate] = [{ALL: None, "dc1": "refused"}, {ALL: None, "dc1": "refused"}, {ALL: None}]
    for second, fate in enumerate(fates):
        failing.observe(fate, after(40 * second))

    assert told(path)[1:] == [("scan.recovered", "dc1", "it is not scanned any more")]


def test_what_fails_is_known_after_a_restart(store: SqliteStore, path: Path) -> None:
    for second, why in ((0, "refused"), (40, "refused"), (80, "refused"), (120, None)):
        if second != 40:
            failing = FailingScans(store.database)
        failing.observe({"dc1": why}, after(second))

    assert [kind for kind, _, _ in told(path)] == ["scan.failing", "scan.recovered"]
    assert SqliteOutbox(store.database).standing(after(0)).failing == []


def test_what_could_not_be_written_is_told_by_the_next_scan(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.findings.sqlite.BUSY_SECONDS", 0.05)
    failing = FailingScans(store.database)
    failing.observe({"dc1": "refused"}, after(0))
    with store.database.transaction() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(path, isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program has locked it"):
            failing.observe({"dc1": "refused"}, after(40))
        shell.execute("ROLLBACK")

    assert told(path) == []
    failing.observe({"dc1": "refused"}, after(50))
    assert told(path) == [("scan.failing", "dc1", "refused")]


def test_what_fails_is_told_again_by_a_file_that_does_not_know_it(
    store: SqliteStore, path: Path, tmp_path: Path
) -> None:
    failing = FailingScans(store.database)
    failing.observe({"dc1": "refused"}, after(0))
    failing.observe({"dc1": "refused"}, after(40))
    path.rename(tmp_path / "moved.db")

    with pytest.raises(StoreError, match="is not the file that it was"):
        failing.observe({"dc1": "refused"}, after(80))
    failing.observe({"dc1": "refused"}, after(120))

    assert told(path) == [("scan.failing", "dc1", "refused")]
    assert [event["since"] for event in outbox(path)] == ["2026-11-22T09:00:00.000+00:00"]
    assert len(SqliteOutbox(store.database).standing(after(0)).failing) == 1


def test_what_a_backup_says_of_scans_ends_where_they_work(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    failing = FailingScans(store.database)
    failing.observe({"dc1": "refused"}, after(0))
    failing.observe({"dc1": "refused"}, after(40))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(tmp_path / "backup.db")) as target:
        source.backup(target)
    failing.observe({"dc1": None}, after(80))
    (tmp_path / "backup.db").rename(path)
    with pytest.raises(StoreError, match="is not the file that it was"):
        failing.observe({"dc1": None}, after(120))

    failing.observe({"dc1": None}, after(160))

    assert [kind for kind, _, _ in told(path)] == ["scan.failing", "scan.recovered"]


def unreachable() -> Json:
    results = scan(sections={"dc2": {"access": "error"}})
    results["clusters"]["dc2"]["collection"]["access"] = {"status": "error", "detail": "connection refused"}
    return results


def remembering(store: SqliteStore) -> Remembering:
    """What remembers scans, by a clock that goes on by 40 s each time that it is read."""
    seconds = iter(range(0, 10_000, 40))
    register = Register(store, RULES, timedelta(days=90))
    return Remembering(register, FailingScans(store.database), lambda: after(next(seconds)))


def never() -> Json:
    raise AssertionError


def test_a_daemon_tells_which_scans_fail(store: SqliteStore, path: Path) -> None:
    remember = remembering(store)
    remember(unreachable(), SNAPSHOT, never)
    assert told(path) == []
    remember(unreachable(), SNAPSHOT, never)
    remember(unreachable(), SNAPSHOT, never)
    remember.failed("the engine is gone")
    remember.failed("the engine is gone")
    remember(scan(), SNAPSHOT, never)

    assert told(path) == [
        ("scan.failing", "dc2", "connection refused"),
        ("scan.failing", None, "the engine is gone"),
        ("scan.recovered", "dc2", "it can be read again"),
        ("scan.recovered", None, "it can be read again"),
    ]


def test_a_store_that_is_closed_is_told(store: SqliteStore) -> None:
    store.close()
    with capture_logs() as logs:
        remembering(store).failed("the engine is gone")

    assert [entry["event"] for entry in logs] == ["findings not updated"]
