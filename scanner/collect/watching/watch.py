"""One blocking query, asked again and again: it says that a cluster may have changed, and nothing else."""

import random
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event

import structlog

from scanner.collect.client import ConsulClient, WatchAnswer
from scanner.collect.fault import CallError, Kind
from scanner.collect.watching.bell import Bell
from scanner.collect.watching.pace import full, pause_s
from scanner.collect.watching.places import Place
from scanner.collect.watching.position import FROM_THE_START, Position
from scanner.errors import ConfigError
from scanner.model.watching import WatchState

WAIT_S = 120
"""How long Consul may keep a question. Less than what firewalls let a silent connection live (some 4 min), and a
server that is gone without a word is noticed within that time."""
JITTER = 1 / 16
"""Consul adds up to this part of the wait (facts 3)."""
MARGIN_S = 10.0
BURST = 5
"""So many answers may follow each other at once; then one a second."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Timing:
    """Where time and chance come from: Unix seconds to tell, seconds that only grow to measure, 0 to 1 to scatter.

    `wait_s` is how long Consul may keep a question.
    """

    unix: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    wait_s: float = WAIT_S


class Watch:
    """Watches one place of one cluster until it is stopped; `run` is the body of its thread."""

    def __init__(
        self, cluster: str, place: Place, client: Callable[[], ConsulClient], bell: Bell, timing: Timing
    ) -> None:
        """Ask nothing yet. `client` gives the way to the cluster, and may raise ConfigError."""
        self.place = place
        self.state = WatchState(cluster, place.name)
        self._client, self._bell, self._timing = client, bell, timing
        self._position = Position()
        self._bucket = full(BURST, 1.0, timing.steady())
        self._stopped = Event()

    def stop(self) -> None:
        """Ring no more, and end with the answer that is being waited for."""
        self._stopped.set()

    def fails(self, reason: str, **more: str) -> None:
        """Count a fault; the first of a row is told."""
        self.state = replace(self.state, failures=self.state.failures + 1)
        if self.state.failures == 1 and not self._stopped.is_set():
            log.warning("watch fails", cluster=self.state.cluster, watch=self.state.watch, reason=reason, **more)

    def run(self) -> None:
        """Ask until stopped."""
        while not self._stopped.is_set():
            self._bucket = self._bucket.taken(self._timing.steady())
            try:
                answer = self._client().watch(self.place.path, self._query(), self._patience_s())
            except (CallError, ConfigError) as error:
                self._failed(str(error), error.kind if isinstance(error, CallError) else None)
            except Exception as error:  # noqa: BLE001 - a watch outlives every fault: nobody would see that it ended
                trace = "".join(traceback.format_exception(error))
                self._failed(f"{type(error).__name__}, which is a bug", trace=trace)
            else:
                self._answered(answer)

    def _query(self) -> dict[str, str]:
        if self._position.index == FROM_THE_START:
            return dict(self.place.query)
        return {**dict(self.place.query), "index": str(self._position.index), "wait": f"{self._timing.wait_s:g}s"}

    def _patience_s(self) -> float:
        return self._timing.wait_s * (1 + JITTER) + MARGIN_S

    def _answered(self, answer: WatchAnswer) -> None:
        came_back, changed = self.state.failures > 0, self._position.changed(answer.digest)
        self._position = self._position.after(answer.index, answer.digest)
        self.state = replace(self.state, last_answer_unix=self._timing.unix(), failures=0)
        if came_back:
            log.info("watch answers again", cluster=self.state.cluster, watch=self.state.watch)
        if came_back or changed:
            self._ring(whole=came_back)
        self._stopped.wait(self._bucket.delay_s(self._timing.steady()))

    def _failed(self, reason: str, kind: Kind | None = None, **more: str) -> None:
        """Wait longer each time. The first fault of a row is told, and has the cluster read: that shows what is wrong.

        The index is forgotten: where a server is started anew it says nothing any more.
        """
        self._position = replace(self._position, index=FROM_THE_START)
        self.fails(reason, **more)
        if self.state.failures == 1:
            self._ring(whole=True)
        self._stopped.wait(pause_s(self.state.failures, self._timing.chance(), kind))

    def _ring(self, *, whole: bool) -> None:
        if not self._stopped.is_set():
            self._bell.ring(self.state.cluster, whole=whole)
