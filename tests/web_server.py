"""The daemon's web server on a port of loopback, in a thread, as `serve` runs it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from scanner.model.scanned import Scanned
from scanner.publish.access.door import Door
from scanner.publish.bind import listen, parse_bind
from scanner.publish.serving import server
from scanner.publish.state import Board
from scanner.publish.web import application
from tests.outlets import outlet
from tests.unit.publish.samples import healthy


def scanned() -> Board:
    """A board after one good scan."""
    board = Board()
    board.state = board.state.succeeded(Scanned(healthy(), {}), at=1000.0, duration=1.0)
    return board


@contextmanager
def web_server(door: Door, app: ASGIApp | None = None) -> Iterator[int]:
    """Serve an app, or one good scan to whom a door lets in; yields the port."""
    running = server(app or application(scanned(), outlet(door)), door, grace=1)
    with listen(parse_bind("127.0.0.1:0")) as listener:
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            running.should_exit = True
            thread.join()
