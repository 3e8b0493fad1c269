"""The way to one cluster, opened anew when the files change that say whom to trust and who we are."""

from contextlib import suppress
from threading import Lock

from scanner.collect.client import ConsulClient
from scanner.collect.target import ClusterTarget, Tls
from scanner.collect.transport import Connect, Transport

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

    def client(self) -> ConsulClient:
        """Return a client that trusts what the files say now.

        Raises:
            ConfigError: they cannot be used.
        """
        with self._lock:
            stamp = stamp_of(self._target.tls)
            if self._transport is None or stamp != self._stamp:
                # The old one is not closed: another thread may be in the middle of an answer, and keeps it until then.
                self._transport, self._stamp = self._connect(self._target), stamp
            return ConsulClient(self._transport)

    def close(self) -> None:
        """Close what is open and not in use."""
        with self._lock:
            if self._transport is not None:
                self._transport.close()


def stamp_of(tls: Tls) -> Stamp:
    """Return the stamp of all TLS files of a cluster; one that is missing has none."""
    named = (tls.ca_file, tls.ca_path, tls.cert_file, tls.key_file)
    within = sorted(tls.ca_path.rglob("*")) if tls.ca_path else []
    found = []
    for path in (*named, *within):
        with suppress(FileNotFoundError):
            if path is not None:
                told = path.stat()
                found.append((told.st_ino, told.st_mtime_ns, told.st_size))
    return tuple(found)
