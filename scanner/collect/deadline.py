"""A deadline for a whole answer: a server that drips is in time with each byte, and would never end."""

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPResponse
from time import monotonic
from typing import Any, cast


class OverdueError(TimeoutError):
    """An answer that began and did not end within `limit_s` seconds."""

    def __init__(self, limit_s: float) -> None:
        """Keep the limit, so that it can be told."""
        super().__init__(f"it did not end within {limit_s:g} s")
        self.limit_s = limit_s


_limit: ContextVar[tuple[float, float]] = ContextVar("limit")
"""When the answer that this thread waits for has to have ended, and after how many seconds that is."""


@contextmanager
def answered_within(limit_s: float) -> Iterator[None]:
    """Limit the answers that are waited for inside, head and body, in connections whose responses are `Timed`."""
    before = _limit.set((monotonic() + limit_s, limit_s))
    try:
        yield
    finally:
        _limit.reset(before)


class Timed(HTTPResponse):
    """An answer that is read within the limit of `answered_within`."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        """Read from a connection whose timeout is the patience for each read; where nothing is limited, that is all."""
        limit = _limit.get(None)
        # All that it asks of a socket is a file.
        super().__init__(cast("socket.socket", _Reader(sock, *limit)) if limit else sock, *args, **options)


class _Reader(io.RawIOBase):
    def __init__(self, sock: socket.socket, ends_at: float, limit_s: float) -> None:
        self._sock, self._file = sock, sock.makefile("rb", buffering=0)
        self._patience_s, self._ends_at, self._limit_s = sock.gettimeout(), ends_at, limit_s
        self._has_begun = False

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left_s = self._ends_at - monotonic()
        if left_s <= 0:
            raise OverdueError(self._limit_s)
        self._sock.settimeout(left_s if self._patience_s is None else min(self._patience_s, left_s))
        try:
            read = self._file.readinto(buffer)
        except TimeoutError:
            if self._has_begun and monotonic() >= self._ends_at:
                raise OverdueError(self._limit_s) from None
            raise
        self._has_begun = True
        return read

    def close(self) -> None:
        self._file.close()
        super().close()
