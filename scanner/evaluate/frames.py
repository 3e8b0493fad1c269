"""How the embedded engine and its worker speak: frames of bytes over a socket, each after its length."""

import struct
import time
from socket import socket

_LENGTH = struct.Struct(">Q")


def send_frame(connection: socket, payload: bytes) -> None:
    """Send one frame."""
    connection.sendall(_LENGTH.pack(len(payload)))
    connection.sendall(payload)


def receive_frame(connection: socket, deadline: float | None = None) -> bytes:
    """Return the next frame.

    Args:
        connection: where it comes from.
        deadline: on the monotonic clock; None waits for ever.

    Raises:
        TimeoutError: the deadline passed.
        EOFError: the other side is gone.
    """
    (length,) = _LENGTH.unpack(_receive(connection, _LENGTH.size, deadline))
    return _receive(connection, length, deadline)


def _receive(connection: socket, size: int, deadline: float | None) -> bytes:
    received = bytearray()
    while len(received) < size:
        if deadline is not None:
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
        chunk = connection.recv(min(size - len(received), 1 << 20))
        if not chunk:
            raise EOFError
        received += chunk
    return bytes(received)
