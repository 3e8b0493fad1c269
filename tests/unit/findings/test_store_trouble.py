"""A store in trouble says what it is and what to do, changes nothing, and goes on once it is mended."""

import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from scanner.errors import StoreError
from scanner.findings.history import opened_history
from scanner.findings.store import SqliteStore
from scanner.model.recall import Wanted
from tests.unit.findings.folders import shut
from tests.unit.findings.test_store import finding, record, told

ROOT = Path(__file__).parents[3]
HOLDER = """
import sys, time
from pathlib import Path
from scanner.findings.store import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""
LIMITED = """
import json, resource, sys
from pathlib import Path
from scanner.errors import StoreError
from scanner.findings.store import Record, SqliteStore
from tests.unit.findings.folders import shut
from tests.unit.findings.test_store import finding, record
store = SqliteStore(Path(sys.argv[1]))
store.record(record(finding("before")))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
try:
    store.record(Record(findings=[finding(f"f-{number}" * 20) for number in range(5000)]))
except StoreError as error:
    print(json.dumps([error.message, error.advice, list(store.findings())]))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.record(record(finding("after")))
print(json.dumps(sorted(store.findings())))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "consul-scan.db"


def filled(path: Path) -> None:
    store = SqliteStore(path)
    store.record(record(finding("f"), told(finding("f"))))
    store.close()


def filled_elsewhere(path: Path) -> Path:
    store = SqliteStore(path)
    store.record(record(finding("elsewhere")))
    store.close()
    return path


def refusal(path: Path) -> StoreError:
    with pytest.raises(StoreError) as caught:
        SqliteStore(path)
    assert str(path) in caught.value.message
    assert caught.value.advice
    return caught.value


def test_a_second_process_is_refused_until_the_first_ends_however_it_ends(path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        refused = refusal(path)
        with opened_history(path) as history:
            assert history.findings(Wanted()) == []
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()

    assert f"in use by another consul-scan, process {holder.pid}" in refused.message
    assert "stop the other one, or name another file in store.path" in refused.advice
    SqliteStore(path).close()


def test_another_name_of_the_same_file_is_no_second_store(path: Path, tmp_path: Path) -> None:
    first = SqliteStore(path)
    (tmp_path / "folder").mkdir()
    link = tmp_path / "folder" / "link.db"
    link.symlink_to(path)
    first.record(record(finding("f")))

    assert "in use" in refusal(link).message
    with opened_history(link) as history:
        assert [found.fingerprint for found in history.findings(Wanted())] == ["f"]
    first.close()


def test_a_store_is_free_again_once_it_is_closed_or_could_not_be_opened(path: Path) -> None:
    path.write_bytes(b"no database" * 100)
    refusal(path)
    path.unlink()
    path.with_name("consul-scan.db.lock").write_text("12345678901234567890\n")
    first = SqliteStore(path)
    assert refusal(path).message.endswith(f"another consul-scan, process {os.getpid()}")
    first.close()

    SqliteStore(path).close()


@pytest.mark.parametrize("folder", ["is-not-there", "file"])
def test_a_place_where_no_file_can_be_is_refused(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").touch()

    assert "cannot be locked" in refusal(tmp_path / folder / "consul-scan.db").message


def test_a_lock_file_that_cannot_be_written_is_told_and_leaves_no_lock(path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        refused = refusal(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert "its lock file cannot be written: File too large" in refused.message
    SqliteStore(path).close()


def test_history_of_a_store_out_of_reach(path: Path) -> None:
    filled(path)

    with (
        shut(path.parent),
        pytest.raises(StoreError, match="cannot be reached: Permission denied"),
        opened_history(path),
    ):
        pass


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "consul-scan.db").mkdir()

    assert "it cannot be opened" in refusal(tmp_path / "consul-scan.db").message


def test_what_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"no database" * 100)

    assert "it is no SQLite database" in refusal(path).message
    assert path.read_bytes() == b"no database" * 100


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE accounts (name TEXT)"],
        ["CREATE TABLE meta (key TEXT, value TEXT)"],
        ["CREATE TABLE meta (key TEXT, value TEXT)", "INSERT INTO meta VALUES ('schema_version', 'high')"],
    ],
)
def test_the_database_of_something_else_is_refused_and_left_alone(path: Path, statements: list[str]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)

    assert "holds something else" in refusal(path).message
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)


def test_a_store_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = '7'")

    assert "written by a newer consul-scan: its version is 7, this one knows 3" in refusal(path).message
    with pytest.raises(StoreError, match="newer consul-scan"), opened_history(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT value FROM meta").fetchone() == ("7",)


def spoil(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)


def test_a_damaged_store_is_refused_with_what_to_do(path: Path) -> None:
    filled(path)
    spoil(path)

    refused = refusal(path)

    assert "it is damaged" in refused.message
    assert "put a backup in its place" in refused.advice


def test_an_index_that_does_not_fit_is_seen_when_the_store_is_opened(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET rootpage = 2 WHERE name = 'ix_transitions_at'")

    assert "it is damaged" in refusal(path).message


NEWER = ("UPDATE meta SET value = '7'",)
OTHER = ("DROP TABLE meta",)
BAD_INDEX = (
    "PRAGMA writable_schema = ON",
    "UPDATE sqlite_master SET rootpage = 2 WHERE name = 'ix_transitions_at'",
)


@pytest.mark.parametrize(
    ("statements", "why"), [(NEWER, "newer consul-scan"), (OTHER, "holds something else"), (BAD_INDEX, "it is damaged")]
)
def test_a_file_that_is_refused_while_the_daemon_runs_stays_refused(
    path: Path, tmp_path: Path, statements: tuple[str, ...], why: str
) -> None:
    store = SqliteStore(path)
    filled(tmp_path / "other.db")
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    path.rename(tmp_path / "moved.db")
    (tmp_path / "other.db").rename(path)
    with pytest.raises(StoreError, match="is not the file that it was"):
        store.findings()

    for _ in range(3):
        with pytest.raises(StoreError, match=why):
            store.record(record(finding("lost")))
    store.close()

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT fingerprint FROM findings").fetchall() == [("f",)]


def test_a_store_that_is_damaged_and_mended_while_it_is_open_goes_on(path: Path, tmp_path: Path) -> None:
    filled(path)
    backup = Path(shutil.copy(path, tmp_path / "backup.db"))
    store = SqliteStore(path)
    with store._database.transaction() as connection:  # noqa: SLF001 - else it would not look at the file again
        connection.exec_driver_sql("PRAGMA cache_size = 1")
    spoil(path)

    for _ in range(2):
        with pytest.raises(StoreError, match="it is damaged"):
            store.record(record(finding("lost")))
    backup.rename(path)
    store.record(record(finding("g")))

    assert sorted(store.findings()) == ["f", "g"]
    store.close()


@pytest.mark.parametrize("put_back", [True, False])
def test_a_file_that_was_moved_away_is_not_written_any_more(path: Path, tmp_path: Path, *, put_back: bool) -> None:
    filled(path)
    store = SqliteStore(path)
    path.rename(tmp_path / "moved.db")
    if put_back:
        filled_elsewhere(tmp_path / "other.db").rename(path)

    with pytest.raises(StoreError, match="is not the file that it was"):
        store.record(record(finding("g")))
    store.record(record(finding("h")))

    assert sorted(store.findings()) == (["elsewhere", "h"] if put_back else ["h"])
    store.close()


def backed_up(path: Path, store: SqliteStore) -> Path:
    """Return a backup of one finding; what was written since, in many pages, is in the log alone."""
    store.record(record(finding("kept"), told(finding("kept"))))
    copy = path.with_name("backup.db")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    for number in range(60):
        store.record(record(finding(f"since-{number}"), told(finding(f"since-{number}"))))
    assert path.with_name("consul-scan.db-wal").stat().st_size
    return copy


def content(path: Path) -> tuple[str, int]:
    """Return whether a file is whole, and how many findings are in it."""
    with closing(sqlite3.connect(path)) as connection:
        (state,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        (number,) = connection.execute("SELECT count(*) FROM findings").fetchone()
    return state, number


@pytest.mark.parametrize("away", [True, False], ids=["moved away first", "renamed over it"])
@pytest.mark.parametrize("noticed", [True, False], ids=["by a scan", "at the end"])
def test_the_log_of_a_file_is_never_played_into_the_backup_in_its_place(
    path: Path, tmp_path: Path, *, away: bool, noticed: bool
) -> None:
    store = SqliteStore(path)
    backup = backed_up(path, store)
    if away:
        path.rename(tmp_path / "moved.db")
    backup.rename(path)

    if noticed:
        with pytest.raises(StoreError, match="is not the file that it was"):
            store.record(record(finding("g")))
        store.record(record(finding("h")))
        assert sorted(store.findings()) == ["h", "kept"]
    store.close()

    assert content(path) == ("ok", 2 if noticed else 1)
    if away:
        assert content(tmp_path / "moved.db") == ("ok", 61)
    SqliteStore(path).close()


def test_a_file_that_is_still_read_keeps_its_log_until_that_ends(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.findings.sqlite.BUSY_SECONDS", 0.05)
    store = SqliteStore(path)
    backup = backed_up(path, store)
    with opened_history(path) as history:
        assert len(history.findings(Wanted())) == 61
        store.record(record(finding("last")))
        path.rename(tmp_path / "moved.db")
        backup.rename(path)
        with pytest.raises(StoreError, match="replaced while another program has the old file open"):
            store.record(record(finding("g")))

    with pytest.raises(StoreError, match="is not the file that it was"):
        store.record(record(finding("g")))
    store.record(record(finding("h")))
    store.close()
    assert (content(path), content(tmp_path / "moved.db")) == (("ok", 2), ("ok", 62))


def test_a_log_that_a_fault_left_behind_is_not_played_into_another_file(path: Path, tmp_path: Path) -> None:
    store = SqliteStore(path)
    backup = backed_up(path, store)
    with opened_history(path) as history:
        assert len(history.findings(Wanted())) == 61
        # While somebody reads, the log outlasts the daemon's own connection.
        with pytest.raises(StoreError), store.database.transaction() as connection:
            connection.exec_driver_sql("SELECT * FROM nowhere")
    path.rename(tmp_path / "moved.db")
    backup.rename(path)

    with pytest.raises(StoreError, match="has beside it the log") as caught:
        store.record(record(finding("g")))
    assert "take files that end in -wal and -shm away with the old one" in caught.value.advice
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).rename(tmp_path / f"moved.db{end}")
    store.record(record(finding("h")))
    store.close()
    assert (content(path), content(tmp_path / "moved.db")) == (("ok", 2), ("ok", 61))


def test_a_link_that_leads_in_a_circle_is_told_until_it_is_gone(path: Path, tmp_path: Path) -> None:
    store = SqliteStore(path)
    path.rename(tmp_path / "moved.db")
    path.symlink_to(path)
    with pytest.raises(StoreError, match="cannot be reached"):
        store.record(record(finding("f")))
    path.unlink()
    (tmp_path / "moved.db").rename(path)

    store.record(record(finding("f")))
    assert list(store.findings()) == ["f"]
    store.close()


def test_a_row_that_is_damaged_is_told_like_the_file(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE findings SET subject = '{'")
    store = SqliteStore(path)

    with pytest.raises(StoreError, match="it holds what no consul-scan wrote"):
        store.findings()
    with pytest.raises(StoreError, match="it holds what no consul-scan wrote"), opened_history(path) as history:
        history.findings(Wanted())
    store.close()


def test_a_full_disk_changes_nothing_and_is_over_when_there_is_space(path: Path) -> None:
    store = SqliteStore(path)
    store.record(record(finding("f")))
    with store._database.transaction() as connection:  # noqa: SLF001 - the limit is that of this connection
        connection.exec_driver_sql("PRAGMA max_page_count = 20")

    with pytest.raises(StoreError, match="the disk is full") as caught:
        store.record(record(finding("g" * 100_000)))

    assert "Free space" in caught.value.advice
    assert list(store.findings()) == ["f"]
    store.record(record(finding("g" * 100_000)))
    assert len(store.findings()) == 2
    store.close()


def test_a_file_that_may_not_grow_changes_nothing_and_goes_on_when_it_may(path: Path) -> None:
    asked = [sys.executable, "-c", LIMITED, str(path)]
    answer = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    (message, advice, during), after = map(json.loads, answer.stdout.splitlines())

    assert re.search("the disk is full|the disk failed to read or write", message)
    assert advice
    assert (during, after) == (["before"], ["after", "before"])
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY


def test_a_store_that_another_program_locks_is_told_and_goes_on(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.findings.sqlite.BUSY_SECONDS", 0.05)
    store = SqliteStore(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program has locked it"):
            store.record(record(finding("f")))
        shell.execute("ROLLBACK")

    store.record(record(finding("f")))
    assert list(store.findings()) == ["f"]
    store.close()


def test_a_store_that_may_not_be_written_is_told(path: Path) -> None:
    filled(path)
    asked = f"file:{path}?mode=ro"
    store = SqliteStore(path)
    store.close()
    with pytest.MonkeyPatch.context() as patch:
        connect = sqlite3.connect
        patch.setattr(sqlite3, "connect", lambda _target, **given: connect(asked, **given))
        assert "it may not be written" in refusal(path).message


@pytest.mark.parametrize("written", [True, False])
def test_history_leaves_nothing_behind_that_a_daemon_could_not_write(path: Path, *, written: bool) -> None:
    filled(path)
    store = SqliteStore(path) if written else None
    before = sorted(each.name for each in path.parent.iterdir())
    with opened_history(path) as history:
        assert [found.fingerprint for found in history.findings(Wanted())] == ["f"]
        assert sorted(each.name for each in path.parent.iterdir()) == before
    if store:
        store.close()

    assert sorted(each.name for each in path.parent.iterdir()) == ["consul-scan.db", "consul-scan.db.lock"]


def test_history_is_read_after_a_daemon_that_was_killed(path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    holder.stdout.readline()
    holder.kill()
    holder.communicate()
    assert path.with_name("consul-scan.db-wal").stat().st_size

    with opened_history(path) as history:
        assert history.findings(Wanted()) == []


def test_history_of_no_file_and_of_no_store(path: Path) -> None:
    with pytest.raises(StoreError, match="is not there"), opened_history(path):
        pass
    path.touch()
    with pytest.raises(StoreError, match="is of version 0"), opened_history(path):
        pass
    path.write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match="no SQLite database"), opened_history(path):
        pass
