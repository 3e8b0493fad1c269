"""The store: findings, their history, the snapshots of openings and the outbox, in one SQLite file with one writer."""

import gzip
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from scanner.findings import retention
from scanner.findings.database import Database
from scanner.findings.recording import Record
from scanner.findings.rows import finding_of, finding_row, outbox_row, read_rows, transition_row
from scanner.findings.tables import FINDINGS, OUTBOX, SNAPSHOTS, TRANSITIONS
from scanner.model.document import canonical_bytes
from scanner.model.finding import Finding

_FAILING = (
    update(FINDINGS)
    .where(FINDINGS.c.fingerprint == bindparam("called"))
    .values(last_failed_at=bindparam("seen_at", type_=FINDINGS.c.last_failed_at.type))
)


class SqliteStore:
    """Keeps findings in a file, or in memory where there is no path. All calls come from one thread at a time."""

    def __init__(self, path: Path | None) -> None:
        """Open the file and lock it.

        Raises:
            StoreError: it is in use, of a newer version, damaged, or cannot be written.
        """
        self._database = Database(path)
        self._prunings = retention.prunings()

    def close(self) -> None:
        """Close the file and give up its lock."""
        self._database.close()

    @property
    def database(self) -> Database:
        """What else is kept in the same file is reached through."""
        return self._database

    @property
    def openings(self) -> int:
        """How often the file was opened, which it is now if need be: another one may stand in its place.

        Raises:
            StoreError: it cannot be opened, or is not the file that it was.
        """
        with self._database.transaction():
            return self._database.openings

    def findings(self) -> dict[str, Finding]:
        """Return all findings by fingerprint.

        Raises:
            StoreError: they cannot be read.
        """
        with self._database.transaction() as connection:
            found = read_rows(connection, select(FINDINGS), finding_of, self._database.place)
        return {finding.fingerprint: finding for finding in found}

    def record(self, record: Record) -> None:
        """Write all that a scan changes, or nothing.

        Raises:
            StoreError: it cannot be written; nothing was.
        """
        with self._database.transaction() as connection:
            _write_findings(connection, record)
            if record.transitions:
                connection.execute(TRANSITIONS.insert(), [transition_row(told) for told in record.transitions])
                connection.execute(OUTBOX.insert(), [outbox_row(event) for event in record.events])
            if record.snapshot is not None:
                _keep(connection, record)

    def prune(self, before: datetime) -> bool:
        """Drop what is older than `before`, some hundreds of rows at most; tell whether anything was dropped.

        Raises:
            StoreError: it cannot be written.
        """
        given = {"before": before, "at_once": retention.AT_ONCE}
        with self._database.transaction() as connection:
            return sum(connection.execute(pruning, given).rowcount for pruning in self._prunings) > 0


def _write_findings(connection: Connection, record: Record) -> None:
    if record.forgotten:
        connection.execute(delete(FINDINGS).where(FINDINGS.c.fingerprint.in_(record.forgotten)))
    if record.findings:
        new = insert(FINDINGS)
        changed = {column.name: column for column in new.excluded if not column.primary_key}
        upsert = new.on_conflict_do_update(index_elements=[FINDINGS.c.fingerprint], set_=changed)
        connection.execute(upsert, [finding_row(finding) for finding in record.findings])
    if record.failing:
        times = [{"called": finding.fingerprint, "seen_at": finding.last_failed_at} for finding in record.failing]
        connection.execute(_FAILING, times)


def _keep(connection: Connection, record: Record) -> None:
    told = record.transitions[0]
    content = gzip.compress(canonical_bytes(record.snapshot), mtime=0)
    row = {"sha256": told.origin.snapshot, "at": told.at, "content": content}
    connection.execute(insert(SNAPSHOTS).on_conflict_do_nothing(), [row])
