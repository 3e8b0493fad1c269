"""A scan is remembered if the store lets it, and trouble with that is told once and costs nothing else."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from scanner.errors import EngineError
from scanner.findings.failing_scans import FailingScans
from scanner.findings.register import Register
from scanner.findings.remembering import Remembering, opened_store
from scanner.findings.settings import StoreSettings
from scanner.model.document import Json
from tests.unit.findings.folders import shut
from tests.unit.findings.outbox import outbox
from tests.unit.findings.scans import RULES, SNAPSHOT, after, of_pair, result, scan

FAILS = scan(result("MGP-205", "fail"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "consul-scan.db"


def clock() -> Iterator[int]:
    yield from range(100)


@contextmanager
def opened(path: Path, retention: timedelta = timedelta(days=90)) -> Iterator[tuple[Register, FailingScans]]:
    with opened_store(StoreSettings(path)) as store:
        yield Register(store, RULES, retention), FailingScans(store.database)


def never() -> Json:
    raise AssertionError


def test_what_changed_is_told(path: Path) -> None:
    seconds = clock()
    with opened(path) as (register, failing), capture_logs() as logs:
        remember = Remembering(register, failing, lambda: after(next(seconds)))
        for results in (FAILS, FAILS, scan()):
            remember(results, SNAPSHOT, never)

    assert [(entry["event"], entry["event_type"], entry["scan_id"]) for entry in logs] == [
        ("finding", "opened", "scan-0"),
        ("finding", "resolved", "scan-0"),
    ]
    assert [event["at"] for event in outbox(path)] == ["2026-11-22T09:00:00.000+00:00", "2026-11-22T09:00:02.000+00:00"]


def test_what_is_doubtful_is_read_once_more(path: Path) -> None:
    again = iter([scan(of_pair("pass")), scan(of_pair("fail"))])
    with opened(path) as (register, failing):
        remember = Remembering(register, failing, lambda: after(0))
        remember(scan(of_pair("fail")), SNAPSHOT, lambda: next(again))
        assert outbox(path) == []
        remember(scan(of_pair("fail")), SNAPSHOT, lambda: next(again))

    assert len(outbox(path)) == 1
    assert next(again, None) is None


def test_trouble_with_the_store_is_told_once_and_over_when_it_is_over(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.findings.sqlite.BUSY_SECONDS", 0.05)
    with opened(path) as (register, failing), capture_logs() as logs:
        remember = Remembering(register, failing, lambda: after(0))
        with closing(sqlite3.connect(path, isolation_level=None)) as shell:
            shell.execute("BEGIN IMMEDIATE")
            remember(FAILS, SNAPSHOT, never)
            remember(FAILS, SNAPSHOT, never)
            assert (remember.is_well, remember.standing) == (False, None)
            shell.execute("ROLLBACK")
        remember(FAILS, SNAPSHOT, never)
        assert remember.is_well
        assert [finding.rule for finding in remember.standing or ()] == ["MGP-205"]

    assert [entry["event"] for entry in logs] == ["findings not updated", "finding", "findings updated again"]
    assert f"Store {path} cannot be used: another program has locked it" in logs[0]["error"]


def test_a_second_reading_that_fails_costs_nothing_else(path: Path) -> None:
    def gone() -> Json:
        raise EngineError("the engine is gone")

    with opened(path) as (register, failing), capture_logs() as logs:
        Remembering(register, failing, lambda: after(0))(scan(of_pair("fail")), SNAPSHOT, gone)

    assert [(entry["event"], entry["error"]) for entry in logs] == [("findings not updated", "the engine is gone")]


def test_a_register_gives_its_store_back_and_keeps_to_its_retention(path: Path) -> None:
    for results, at in ((FAILS, 0), (scan(), 1), (scan(), 86_402)):
        with opened(path, timedelta(days=1)) as (register, _):
            register.observe(results, SNAPSHOT, after(at), lambda: FAILS)

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM findings").fetchone() == (0,)


def test_a_folder_that_cannot_be_entered_for_a_while_costs_no_results(path: Path) -> None:
    seconds = clock()
    with opened(path) as (register, failing), capture_logs() as logs:
        remember = Remembering(register, failing, lambda: after(next(seconds)))
        remember(scan(), SNAPSHOT, never)
        with shut(path.parent):
            remember(FAILS, SNAPSHOT, never)
            remember.failed("the engine is gone")
            assert not remember.is_well
        remember(FAILS, SNAPSHOT, never)
        assert remember.is_well

    assert [entry["event"] for entry in logs] == ["findings not updated", "finding", "findings updated again"]
    assert "cannot be reached: Permission denied" in logs[0]["error"]
