"""Ways to answer, right and wrong."""

import contextlib
import gzip
import json
import socket
import struct
import time
from typing import Any

from tests.faults.server import Behaviour, Handler

DATE = "Sun, 22 Nov 2026 15:47:10 GMT"
DATE_NS = 1795362430 * 10**9


def answer(body: bytes, status: int = 200, /, **headers: str) -> Behaviour:
    """Answer with these bytes; header names take `_` for `-`."""

    def behave(handler: Handler) -> None:
        handler.send_response_only(status)
        for name, value in {"Date": DATE, "Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def json_answer(value: Any, **headers: str) -> Behaviour:
    """Answer with JSON."""
    return answer(json.dumps(value).encode(), **headers)


def text(words: str, status: int) -> Behaviour:
    """Answer with a text, as Consul tells its errors."""
    return answer(words.encode(), status)


def redirect(location: str) -> Behaviour:
    """Send the client elsewhere."""
    return answer(b"", 307, Location=location)


def html() -> Behaviour:
    """Answer as the login page of a proxy would."""
    return answer(b"<html>\x1b[31m<body>Please\n\tlog in</body></html>")


def echo_token(status: int) -> Behaviour:
    """Repeat the token that was sent, in body and Location."""

    def behave(handler: Handler) -> None:
        token = handler.headers.get("X-Consul-Token", "")
        answer(f"who is {token}?".encode(), status, Location=f"https://elsewhere.example/{token}")(handler)

    return behave


def silence(seconds: float = 30.0) -> Behaviour:
    """Take the request and say nothing."""
    return lambda _handler: time.sleep(seconds)


def drip(pause_s: float = 0.05, pieces: int = 2000) -> Behaviour:
    """Answer byte by byte, each in time, for ever too long."""

    def behave(handler: Handler) -> None:
        handler.send_response_only(200)
        handler.send_header("Content-Length", str(pieces))
        handler.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(pieces):
                handler.wfile.write(b" ")
                time.sleep(pause_s)

    return behave


def drip_header(pause_s: float = 0.05, pieces: int = 2000) -> Behaviour:
    """Begin a header that goes on byte by byte, each in time, for ever too long."""

    def behave(handler: Handler) -> None:
        with contextlib.suppress(OSError):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Endless: ")
            for _ in range(pieces):
                handler.wfile.write(b"a")
                time.sleep(pause_s)

    return behave


def drip_chunk(pause_s: float = 0.05, pieces: int = 2000) -> Behaviour:
    """Answer in chunks of which the size of the first never ends."""

    def behave(handler: Handler) -> None:
        handler.send_response_only(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(pieces):
                handler.wfile.write(b"0")
                time.sleep(pause_s)

    return behave


def huge(size: int) -> Behaviour:
    """Answer with that many bytes, which are few when compressed."""
    return answer(gzip.compress(b"[" + b" " * size + b"]"), Content_Encoding="gzip")


def cut_off(*, hard: bool) -> Behaviour:
    """Close the connection in the middle of the answer, `hard` with a reset."""

    def behave(handler: Handler) -> None:
        handler.send_response_only(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"[")
        if hard:
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(handler.connection.detach())

    return behave


def cookie(value: Any) -> Behaviour:
    """Answer with JSON and set a cookie."""
    return json_answer(value, Set_Cookie="session=abc; Path=/")
