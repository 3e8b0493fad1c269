"""The way to one cluster, opened anew when the files change that say whom to trust and who we are."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock
from weakref import WeakSet

from scanner.collect.client import ConsulClient
from scanner.collect.target import ClusterTarget, Tls
from scanner.collect.transport import Connect, Transport
from scanner.errors import ConfigError

Stamp = tuple[tuple[int, int, int], ...]
"""What tells one state of the TLS files from another."""


class Connection:
    """Gives a client for each use; a certificate that was rotated counts from the next use on."""

    def __init__(self, target: ClusterTarget, connect: Connect) -> None:
        """Open nothing yet."""
        self._target, self._connect = target, connect
        self._lock = Lock()
        self._stamp: Stamp | None = None
        self._transport: Transport | None = None
        # One that was replaced may be in the middle of an answer, and lives until then.
        self._open: WeakSet[Transport] = WeakSet()

    def client(self) -> ConsulClient:
        """Return a client that trusts what the files say now.

        Raises:
            ConfigError: they cannot be used.
        """
        with self._lock:
            return ConsulClient(self._opened())

    def close(self) -> None:
        """Close what is open, also what was replaced and is still in use."""
        with self._lock:
            for transport in self._open:
                transport.close()

    def _opened(self) -> Transport:
        stamp = stamp_of(self._target.tls)
        if self._transport is None or stamp != self._stamp:
            try:
                self._transport, self._stamp = self._connect(self._target), stamp
                self._open.add(self._transport)
            except OSError as error:
                what = f"the way to {self._target.name} cannot be opened: {error.strerror or error}"
                raise ConfigError(what, "Check its TLS files, and how many files this process may open") from None
        return self._transport


def stamp_of(tls: Tls) -> Stamp:
    """Return the stamp of all TLS files of a cluster; what is missing or out of reach now has none."""
    named = (tls.ca_file, tls.ca_path, tls.cert_file, tls.key_file)
    within = sorted(_below(tls.ca_path)) if tls.ca_path else []
    found = []
    for path in (*named, *within):
        with suppress(OSError):
            if path is not None:
                told = path.stat()
                found.append((told.st_ino, told.st_mtime_ns, told.st_size))
    return tuple(found)


def _below(folder: Path) -> Iterator[Path]:
    """Give all files below a folder. `rglob` would raise where another program exchanges a folder in the middle."""
    for inside, _, names in os.walk(folder):
        yield from (Path(inside, name) for name in names)
