"""A request has no body to speak of; one that has is refused before it is read."""

import re
import socket
import time

import pytest

from scanner.publish.access.door import Door
from scanner.publish.access.settings import OPEN
from tests.web_server import web_server

HEAD = b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n"


def said(request: bytes) -> list[bytes]:
    """The first lines of what is answered to a request that never ends, if the connection is closed at all."""
    with web_server(Door(lambda: OPEN)) as port, socket.create_connection(("127.0.0.1", port), timeout=5) as caller:
        caller.sendall(request)
        started, parts = time.monotonic(), []
        while part := caller.recv(65536):
            parts.append(part)
        assert time.monotonic() - started < 3, "the time between two requests ended it"
        return re.findall(rb"HTTP/1.1 [^\r]*", b"".join(parts))


@pytest.mark.parametrize("length", [b"17", b"99999999999999999999"])
def test_a_body_is_not_waited_for(length: bytes) -> None:
    request = HEAD + b"Content-Length: " + length + b"\r\nExpect: 100-continue\r\n\r\nxx"
    assert said(request) == [b"HTTP/1.1 413 Request Entity Too Large"]


def test_a_body_of_unknown_length_is_refused() -> None:
    assert said(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nxxxxx\r\n") == [b"HTTP/1.1 411 Length Required"]


def test_an_empty_document_does_no_harm_to_the_next_request() -> None:
    both = HEAD + b"Content-Length: 2\r\n\r\n{}" + HEAD + b"Connection: close\r\n\r\n"
    assert said(both) == [b"HTTP/1.1 200 OK", b"HTTP/1.1 200 OK"]
