"""Answers what is asked of the memory of findings, from the store that this process writes."""

from collections.abc import Sequence

from scanner.findings.database import Database
from scanner.findings.history import History
from scanner.model.finding import Finding
from scanner.model.recall import Told, Wanted


class Recollection:
    """The port `Recall`. It waits while a scan is written, and a scan waits while a page is read."""

    def __init__(self, database: Database) -> None:
        """Take the store's database, open."""
        self._database = database

    def findings(self, wanted: Wanted, after: tuple[str, ...] | None, most: int) -> list[Finding]:
        """Return so many findings by rule and fingerprint, those that come after such a pair.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._database.transaction() as connection:
            return History(connection, self._database.place).page(wanted, after, most)

    def told(self, wanted: Wanted, events: Sequence[str], before: int | None, most: int) -> list[Told]:
        """Return so many lines of the history, the newest first, those before a number.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._database.transaction() as connection:
            return History(connection, self._database.place).told(wanted, events, before, most)
