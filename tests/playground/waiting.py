"""Waiting for a condition that can be seen, never for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

import requests

from tests.playground.endpoint import ConsulRefusedError

Seen = TypeVar("Seen")

PATIENCE_SECONDS = 60.0
RECONNECT_SECONDS = 180.0
"""Consul dials a stream that was cut several times again after 64 s, and as long after a dial that fails, as one does
where the other gateway restarts just then."""
PAUSE_SECONDS = 0.05


class AwaitedTooLongError(Exception):
    """A condition did not come true in time. The text tells which, and what was seen last instead."""


def wait_until(
    awaited: str, look: Callable[[], Seen], holds: Callable[[Seen], object] = bool, seconds: float = PATIENCE_SECONDS
) -> Seen:
    """Call `look` until `holds` is true of what it sees, and give that.

    A refused or failed HTTP request counts as seen and not yet right. Raises AwaitedTooLongError after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        last: object
        try:
            last = seen = look()
            if holds(seen):
                return seen
        except (requests.RequestException, ConsulRefusedError) as error:
            last = error
        if time.monotonic() > deadline:
            raise AwaitedTooLongError(f"not in {seconds:g} s: {awaited}; last seen: {last!r}")
        time.sleep(PAUSE_SECONDS)
