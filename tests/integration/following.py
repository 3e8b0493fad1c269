"""Clusters followed as `serve` does, in this process, so that a test sees each look."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

from scanner.collect.target import ClusterTarget
from scanner.collect.watching.live import LiveClusters
from scanner.collect.watching.watch import Timing
from scanner.model.document import Json
from scanner.model.snapshot import SECTIONS

PATIENCE_S = 30.0
WAIT_S = 1.0
"""So that a watch that is held by a proxy comes back while the test looks."""


class Following:
    """Looks whenever there is something to look at."""

    def __init__(self, live: LiveClusters) -> None:
        self.live = live
        self.snapshot: Json = live.look().snapshot

    def until(self, holds: Callable[[Json], Any], seconds: float = PATIENCE_S) -> None:
        """Look until this is true of the one cluster that is followed; where it never is, stop following."""
        started, given_up = time.monotonic(), Timer(seconds, self.live.close)
        given_up.start()
        while not holds(self.cluster):
            assert time.monotonic() - started < seconds, self.cluster["collection"]
            self.live.wait()
            self.snapshot = self.live.look().snapshot
        given_up.cancel()

    @property
    def cluster(self) -> Json:
        found: list[Json] = list(self.snapshot["clusters"].values())
        return found[0]

    def settle(self) -> None:
        """Look until every watch answers, and at what they rang for."""
        self.until(lambda _cluster: all(one.last_answer_unix and not one.failures for one in self.watches))
        self.live.wait()
        self.snapshot = self.live.look().snapshot

    @property
    def watches(self) -> tuple[Any, ...]:
        return self.live.watching().watches


@contextmanager
def following(target: ClusterTarget, interval_s: float, wait_s: float = WAIT_S) -> Iterator[Following]:
    """Follow a cluster until the end of the `with`."""
    live = LiveClusters([target], interval_s, timing=Timing(wait_s=wait_s))
    try:
        yield Following(live)
    finally:
        live.close()


def statuses(cluster: Json) -> set[str]:
    """Return how the sections that are read of every cluster were read."""
    return {read["status"] for name, read in cluster["collection"].items() if name in SECTIONS}


def whole(cluster: Json) -> bool:
    """Tell whether every section was read."""
    return statuses(cluster) <= {"ok", "off", "disabled"}


def gone(cluster: Json) -> bool:
    """Tell whether no section was."""
    return statuses(cluster) == {"error"}
