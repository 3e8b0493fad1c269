"""The store's file, open: one connection for one writer, opened anew after trouble."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from scanner.errors import StoreError
from scanner.findings.files import Files, files_at
from scanner.findings.lock import WriterLock
from scanner.findings.migrations import checked_version, migrate
from scanner.findings.sqlite import REPLACING, check_whole, store_error, write_back, writing


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
        self._held: Files | None = None
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
            with suppress(StoreError):
                self._leave_replaced()
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
            self._refuse_foreign_log()
            self._engine = self._checked()
            self.openings += 1
        return self._engine

    def _checked(self) -> Engine:
        """Return an engine on a file that is whole and of the newest version; one that is refused stays closed."""
        with ExitStack() as unless_whole:
            engine = writing(self._path)
            unless_whole.callback(engine.dispose)
            with engine.begin() as connection:
                check_whole(connection, self.place)
                migrate(connection, checked_version(connection, self.place))
            self._held = self._files()
            unless_whole.pop_all()
        return engine

    def _refuse_foreign_log(self) -> None:
        """Refuse a log that was left of the file that stood here before: SQLite would play it into this one."""
        stood, stands = self._held, self._files()
        if stood and stands.log and stands.log == stood.log and stands.file != stood.file:
            raise StoreError(f"{self.place} has beside it the log (-wal) of the file that it was", REPLACING)

    def _check_identity(self) -> None:
        """Refuse to write on into a file that was moved away or deleted: nobody would ever read that."""
        if self._leave_replaced():
            raise StoreError(
                f"{self.place} is not the file that it was", "The next scan goes on with what is there now."
            )

    def _leave_replaced(self) -> bool:
        """Give up a file that does not stand at the path any more; tell whether it was so."""
        if self._engine is None or self._held is None or self._files().file == self._held.file:
            return False
        # The log keeps its place, so what is in it goes into its own file before another one is opened there.
        write_back(self._engine, self.place)
        self._forget_engine()
        return True

    def _files(self) -> Files:
        try:
            return files_at(self._path)
        except OSError as fault:
            raise StoreError(
                f"{self.place} cannot be reached: {fault.strerror}",
                "Give this user the right to enter its folder, or mount that again; nothing is forgotten meanwhile.",
            ) from fault

    def _forget_engine(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
