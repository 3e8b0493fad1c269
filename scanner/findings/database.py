"""The store's file, open: one connection for one writer, opened anew after trouble."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from scanner.errors import StoreError
from scanner.findings.lock import WriterLock
from scanner.findings.migrations import checked_version, migrate
from scanner.findings.sqlite import check_whole, store_error, writing

_Identity = tuple[int, int]


class Database:
    """A locked file of the newest version, or a database in memory where there is no path.

    After a fault it is closed, and the next transaction opens it anew: what was mended or replaced meanwhile counts.
    Any thread may have a transaction; the others wait, as there is one connection.
    """

    def __init__(self, path: Path | None) -> None:
        """Lock the file, open it, and bring it to the newest version.

        Raises:
            StoreError: it is in use, of a newer version, damaged, or cannot be written.
        """
        self.place = f"Store {path}" if path else "The store in memory"
        self._path = path
        self._engine: Engine | None = None
        self._identity: _Identity | None = None
        self._turn = threading.Lock()
        self._closed = False
        self.openings = 0
        """How often it was opened: whoever keeps in mind what it held has to look again when this has grown."""
        self._lock = WriterLock(path) if path else None
        try:
            with self.transaction():
                pass
        except StoreError:
            self.close()
            raise

    def close(self) -> None:
        """Close the file and give up its lock."""
        with self._turn:
            self._closed = True
            self._forget_engine()
            if self._lock:
                self._lock.release()
                self._lock = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection, whose work is kept whole where the block ends well, and else not at all.

        Raises:
            StoreError: what the database met, in the block or around it.
        """
        with self._turn:
            try:
                self._check_identity()
                with self._opened().begin() as connection:
                    yield connection
            except DBAPIError as fault:
                self._forget_engine()
                raise store_error(self.place, fault) from fault

    def _opened(self) -> Engine:
        if self._closed:
            # Its lock is given up: another process may write it now.
            raise StoreError(f"{self.place} is closed", "It is open again once consul-scan has started anew.")
        if self._engine is None:
            self._engine = writing(self._path)
            with self._engine.begin() as connection:
                check_whole(connection, self.place)
                migrate(connection, checked_version(connection, self.place))
            self._identity = self._identity_now()
            self.openings += 1
        return self._engine

    def _check_identity(self) -> None:
        """Refuse to write on into a file that was moved away or deleted: nobody would ever read that."""
        if self._engine is not None and self._identity_now() != self._identity:
            self._forget_engine()
            raise StoreError(
                f"{self.place} is not the file that it was", "The next scan goes on with what is there now."
            )

    def _identity_now(self) -> _Identity | None:
        if self._path is None or not self._path.exists():
            return None
        found = self._path.stat()
        return found.st_dev, found.st_ino

    def _forget_engine(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
