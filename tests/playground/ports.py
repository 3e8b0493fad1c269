"""Ports on loopback that are free and stay ours, also when several test runs start playgrounds at once."""

import random
import socket
from itertools import count
from types import TracebackType
from typing import Self

LOOPBACK = "127.0.0.1"
# Below the range from which Linux takes the ports of outgoing connections: one of those could sit on a port in the
# moment between finding it free and a server's binding it.
BLOCK_STARTS = range(10240, 32000, 64)


class NoPortsError(Exception):
    """Every block of ports is taken, or one cluster asked for more ports than a block has."""


class PortBlock:
    """A range of ports that no other playground uses while this one is open.

    The first port of the block is listened on: that is the lock, and it goes with the process, however it ends.
    """

    def __init__(self) -> None:
        """Take a free block. Raises NoPortsError where there is none."""
        self._lock = lock_some_block()
        self._start = int(self._lock.getsockname()[1])
        self._ports = count(self._start + 1)

    def take(self) -> int:
        """Give a port of the block which nothing is bound to. Raises NoPortsError when the block is used up."""
        for port in self._ports:
            if port >= self._start + BLOCK_STARTS.step:
                break
            if is_free(port):
                return port
        raise NoPortsError(f"no port left in the block from {self._start}")

    def __enter__(self) -> Self:
        """Hold the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the block back."""
        self._lock.close()


def lock_some_block() -> socket.socket:
    """Listen on the first port of a random free block."""
    for start in random.sample(BLOCK_STARTS, len(BLOCK_STARTS)):
        lock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            lock.bind((LOOPBACK, start))
            lock.listen()
        except OSError:
            lock.close()
        else:
            return lock
    raise NoPortsError("every block of ports is taken")


def is_free(port: int) -> bool:
    """Tell whether a port can be bound for TCP and for UDP: gossip and DNS use both."""
    return all(can_bind(port, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM))


def can_bind(port: int, kind: socket.SocketKind) -> bool:
    """Try to bind a port and let it go again."""
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
