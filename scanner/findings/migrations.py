"""How a store comes to the newest version of its tables. A migration that was released never changes.

A list of statements and a number in the store do: Alembic would bring a folder of scripts, a template language and a
second configuration for what is one file.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, inspect, select, text

from scanner.errors import StoreError
from scanner.findings.tables import META

FIRST = (
    "CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE findings (
        fingerprint TEXT NOT NULL PRIMARY KEY, state TEXT NOT NULL, rule TEXT NOT NULL, name TEXT NOT NULL,
        severity TEXT NOT NULL, cluster TEXT NOT NULL, subject JSON NOT NULL, message JSON NOT NULL,
        caused_by JSON NOT NULL, waived_by JSON, failing_since TEXT, last_failed_at TEXT NOT NULL, opened_at TEXT,
        resolved_at TEXT)""",
    "CREATE INDEX ix_findings_resolved_at ON findings (resolved_at)",
    """CREATE TABLE transitions (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        fingerprint TEXT NOT NULL, event TEXT NOT NULL, at TEXT NOT NULL, message JSON NOT NULL, scan_id TEXT NOT NULL,
        snapshot TEXT NOT NULL, policies TEXT NOT NULL, results TEXT NOT NULL, engine TEXT NOT NULL,
        engine_version TEXT NOT NULL,
        FOREIGN KEY (fingerprint) REFERENCES findings (fingerprint) ON DELETE CASCADE)""",
    "CREATE INDEX ix_transitions_fingerprint ON transitions (fingerprint)",
    "CREATE INDEX ix_transitions_at ON transitions (at)",
    "CREATE INDEX ix_transitions_snapshot ON transitions (snapshot)",
    "CREATE TABLE snapshots (sha256 TEXT NOT NULL PRIMARY KEY, at TEXT NOT NULL, content BLOB NOT NULL)",
    """CREATE TABLE outbox (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL UNIQUE, created TEXT NOT NULL,
        payload JSON NOT NULL)""",
    "CREATE INDEX ix_outbox_created ON outbox (created)",
    "INSERT INTO meta (key, value) VALUES ('schema_version', '0')",
)

WEBHOOKS = (
    "CREATE TABLE endpoints (name TEXT NOT NULL PRIMARY KEY, seen INTEGER NOT NULL, disabled_at TEXT)",
    """CREATE TABLE messages (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, endpoint TEXT NOT NULL, message_id TEXT NOT NULL,
        state TEXT NOT NULL, created TEXT NOT NULL, attempts INTEGER NOT NULL, due TEXT NOT NULL, fault JSON NOT NULL,
        FOREIGN KEY (endpoint) REFERENCES endpoints (name) ON DELETE CASCADE)""",
    "CREATE INDEX ix_messages_endpoint ON messages (endpoint)",
    """CREATE TABLE message_events (
        message INTEGER NOT NULL, event INTEGER NOT NULL, about TEXT NOT NULL, PRIMARY KEY (message, event),
        FOREIGN KEY (message) REFERENCES messages (id) ON DELETE CASCADE,
        FOREIGN KEY (event) REFERENCES outbox (id))""",
    "CREATE INDEX ix_message_events_event ON message_events (event)",
    "CREATE TABLE failing_scans (cluster TEXT NOT NULL PRIMARY KEY, since TEXT NOT NULL, message JSON NOT NULL)",
)

THIRD = (
    "ALTER TABLE findings ADD COLUMN unmarked_since TEXT",
    "CREATE INDEX ix_snapshots_at ON snapshots (at)",
)

MIGRATIONS: tuple[Sequence[str], ...] = (FIRST, WEBHOOKS, THIRD)
"""The statements that lead from each version to the next; the first from an empty file to version 1."""

NEWEST = len(MIGRATIONS)


def checked_version(connection: Connection, place: str) -> int:
    """Return the version of a store that this program can use, 0 of an empty file.

    Raises:
        StoreError: it is newer than this program, or is no store.
    """
    found = _version(connection)
    if found is None:
        raise StoreError(
            f"{place} holds something else",
            "Name the file that `consul-scan serve` writes, or one that is not there yet.",
        )
    if found > NEWEST:
        raise StoreError(
            f"{place} was written by a newer consul-scan: its version is {found}, this one knows {NEWEST}",
            "Run that consul-scan again, or name another file in store.path.",
        )
    return found


def migrate(connection: Connection, present: int) -> None:
    """Bring a store of version `present` to the newest one; in the caller's transaction, so whole or not at all.

    One that is there already is written too: a file that may only be read has to be seen before the first finding.
    """
    for statements in MIGRATIONS[present:]:
        for statement in statements:
            connection.execute(text(statement))
    connection.execute(META.update().where(META.c.key == "schema_version").values(value=str(NEWEST)))


def _version(connection: Connection) -> int | None:
    tables = inspect(connection).get_table_names()
    if META.name not in tables:
        return None if tables else 0
    found = connection.scalar(select(META.c.value).where(META.c.key == "schema_version"))
    return int(found) if found and found.isdecimal() else None
