"""Remembers which scans fail, and writes what is told of them into the outbox."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select

from scanner.findings.database import Database
from scanner.findings.rows import outbox_row, read_rows
from scanner.findings.tables import FAILING_SCANS, OUTBOX
from scanner.findings.trouble import ALL, Failing, Fate, after, failing_of, is_told, told
from scanner.model.document import Json


class FailingScans:
    """The scans of one daemon. All calls come from one thread at a time."""

    def __init__(self, database: Database) -> None:
        """Take the store's file."""
        self._database = database
        self._known: dict[str, Failing] = {}

    def observe(self, fate: Fate, at: datetime) -> None:
        """Remember what a scan showed; what is told of it is in the outbox then.

        Raises:
            StoreError: nothing was changed: the next scan shows the same again.
        """
        known = self._remembered()
        now = after(known, fate, at)
        if events := told(known, now, fate, at):
            self._write([failing for failing in now.values() if is_told(failing)], events)
        self._known = now

    def _remembered(self) -> dict[str, Failing]:
        """Return what is known to fail. Told is what the file says, as another one may stand in its place by now."""
        told = self._read()
        untold = {name: replace(each, seen=each.since) for name, each in self._known.items() if name not in told}
        return untold | told

    def _read(self) -> dict[str, Failing]:
        with self._database.transaction() as connection:
            found = read_rows(connection, select(FAILING_SCANS), failing_of, self._database.place)
        return {failing.cluster: failing for failing in found}

    def _write(self, failing: list[Failing], events: list[Json]) -> None:
        rows = [{"cluster": each.cluster, "since": each.since, "message": each.message} for each in failing]
        with self._database.transaction() as connection:
            connection.execute(delete(FAILING_SCANS))
            if rows:
                connection.execute(FAILING_SCANS.insert(), rows)
            connection.execute(OUTBOX.insert(), [outbox_row(event) for event in events])


def fate_of(results: Json) -> dict[str, str | None]:
    """Return what the results of a scan show: which clusters could be read, and why others could not."""
    return {ALL: None} | {name: _why(cluster) for name, cluster in results["clusters"].items()}


def _why(cluster: Json) -> str | None:
    if cluster["status"] != "unreachable":
        return None
    return cluster["collection"]["access"]["detail"] or "it gave no usable answer"
