"""One writer a store: a lock file beside it, which the kernel gives up with the process, however that ends."""

import fcntl
import os
from pathlib import Path

from scanner.errors import StoreError

_MODE = 0o644
_LONGEST_PID = 32


class WriterLock:
    """Holds the lock of a store from its making to `release`.

    SQLite's own exclusive mode would shut out readers too, and `consul-scan history` reads beside the daemon.
    """

    def __init__(self, store: Path) -> None:
        """Take the lock, without waiting.

        Raises:
            StoreError: another process has it, or the lock file cannot be made.
        """
        file = store.resolve()
        path = file.with_name(f"{file.name}.lock")
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
        except OSError as fault:
            raise StoreError(
                f"Store {store} cannot be locked by {path}: {fault.strerror}",
                "Name in store.path a file in a folder that exists and that this user may write.",
            ) from fault
        self._take(store)

    def release(self) -> None:
        """Give the lock up; the file stays, as removing it could take another's lock away."""
        os.close(self._descriptor)

    def _take(self, store: Path) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            holder = os.read(self._descriptor, _LONGEST_PID).decode(errors="replace").strip()
            self.release()
            raise StoreError(
                f"Store {store} is in use by another consul-scan{f', process {holder}' if holder else ''}",
                "One daemon writes a store: stop the other one, or name another file in store.path.",
            ) from fault
        self._sign(store)

    def _sign(self, store: Path) -> None:
        """Write into the lock file who holds it."""
        try:
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, f"{os.getpid()}\n".encode())
        except OSError as fault:
            self.release()
            raise StoreError(
                f"Store {store} cannot be locked: its lock file cannot be written: {fault.strerror}",
                "Free space on that disk, or look at its quota.",
            ) from fault
