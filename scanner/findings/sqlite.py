"""How the store's file is opened, and what its troubles are called."""

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from scanner.errors import StoreError

BUSY_SECONDS = 5
"""How long a write waits for one that is in progress, such as that of an SQLite shell."""

REPLACING = (
    "Move it away, or put a backup in its place by renaming, never by copying over it, and take files that end in -wal "
    "and -shm away with the old one where no consul-scan runs."
)
"""How a store is replaced: what its log holds would be played into whatever stands at its path."""

_TROUBLES = (
    ("SQLITE_FULL", "the disk is full", "Free space there; nothing is forgotten, as each scan tries again."),
    ("SQLITE_BUSY", "another program has locked it", "Let that program end; nothing but consul-scan may write it."),
    ("SQLITE_READONLY", "it may not be written", "Give this user the right to write the file and its folder."),
    ("SQLITE_CORRUPT", "it is damaged", REPLACING),
    (
        "SQLITE_NOTADB",
        "it is no SQLite database",
        "Name the file that `consul-scan serve` writes, or one that is not there yet.",
    ),
    (
        "SQLITE_CANTOPEN",
        "it cannot be opened",
        "Name a file that this user may read, and for `serve` write, with its folder.",
    ),
    ("SQLITE_IOERR", "the disk failed to read or write", "Look at the disk and its quota, then at the system's log."),
)
_OTHER = ("SQLite refused", "Look at the disk, and put a backup in its place if that is damaged.")


def writing(path: Path | None) -> Engine:
    """Return an engine that reads and writes a store; None is one in memory, which lives as long as the engine."""
    target = "file::memory:" if path is None else f"{path.resolve().as_uri()}?mode=rwc"
    # What is sorted stays in memory: in a container there may be no folder for temporary files.
    pragmas = ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "temp_store = MEMORY")
    return _engine(target, pragmas)


def reading(path: Path) -> Engine:
    """Return an engine that reads a store beside the daemon that writes it, and changes nothing."""
    # Without a log nobody writes it. SQLite would make one all the same, which might not be the daemon's to write.
    file = path.resolve()
    unwritten = not file.with_name(f"{file.name}-wal").exists()
    target = f"{file.as_uri()}?mode=ro{'&immutable=1' if unwritten else ''}"
    return _engine(target, ())


def store_error(place: str, fault: DBAPIError | sqlite3.Error) -> StoreError:
    """Return what a fault of the database means for whoever runs the scanner; `place` names the store."""
    said = fault.orig if isinstance(fault, DBAPIError) else fault
    name = getattr(said, "sqlite_errorname", None) or ""
    meaning, advice = next((told[1:] for told in _TROUBLES if name.startswith(told[0])), _OTHER)
    return StoreError(f"{place} cannot be used: {meaning} ({said})", advice)


def write_back(engine: Engine, place: str) -> None:
    """Write all that the log of an open store holds into its file, wherever that is now, and leave the log empty.

    Raises:
        StoreError: somebody reads the file, or it cannot be written; the log holds what it held.
    """
    held = engine.raw_connection()
    try:
        # Not in a transaction, which everything that goes through the engine would begin.
        busy, _, _ = held.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as fault:
        raise store_error(place, fault) from fault
    finally:
        held.close()
    if busy:
        raise StoreError(f"{place} was replaced while another program has the old file open", "Let that program end.")


def check_whole(connection: Connection, place: str) -> None:
    """Refuse a file whose pages or indexes do not fit together.

    Raises:
        StoreError: with the first thing that SQLite finds.
    """
    found = connection.scalar(text("PRAGMA quick_check(1)"))
    if found != "ok":
        raise StoreError(f"{place} cannot be used: it is damaged ({found})", REPLACING)


def _engine(target: str, pragmas: tuple[str, ...]) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            target, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    # One connection: there is one writer, and each opening and closing would write the whole log back.
    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine
