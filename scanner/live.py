"""The scans of a daemon: the clusters are followed, and what is known of them is judged when it may have changed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Event
from typing import Protocol

from scanner.collect.target import ClusterTarget
from scanner.collect.watching.live import LiveClusters
from scanner.collect.watching.readers import PATIENCE_S
from scanner.derive.kept import Kept, kept_after, with_windows
from scanner.model.document import Json
from scanner.model.scanned import Scanned, Standing
from scanner.model.watching import Watching
from scanner.pipeline import Judgement, utc_now

Reread = Callable[[], Json]

LONGEST_GATHER_S = 2 * PATIENCE_S
"""So long one scan may wait for clusters that are slow: for a first look, and for a second reading."""


class Remember(Protocol):
    """Where scans are remembered."""

    @property
    def is_well(self) -> bool:
        """Whether the last one could be."""
        ...

    @property
    def standing(self) -> Standing | None:
        """What fails after it as far as is known; None where it could not be remembered."""
        ...

    def __call__(self, results: Json, snapshot: Json, reread: Reread, /) -> None:
        """Take the results document of a scan, the snapshot that was judged, and how to read everything once more."""
        ...

    def failed(self, why: str) -> None:
        """Hear that a scan gave no results."""
        ...


class LiveScans:
    """Scans until it is closed. One thread scans and waits; the rest is for any.

    No scan waits for a second sample of the Envoys: what earlier ones saw of them is kept in memory.
    """

    def __init__(
        self, targets: Sequence[ClusterTarget], interval_s: float, judge: Judgement, remember: Remember
    ) -> None:
        """Ask nothing yet; everything is read each `interval_s` seconds, and what wakes at once.

        `remember` is told of each scan that was judged or failed.
        """
        self._clusters, self._judge, self._remember = LiveClusters(targets, interval_s), judge, remember
        self._kept: Kept = {}
        self._unjudged = False
        self._closed = Event()

    def scan(self) -> Scanned | None:
        """Read what is due. Return what came of it; None where nothing that is judged has changed.

        None as well once this is closed, which cuts off what is read: nothing is remembered of that.

        Raises:
            DocumentError: what was collected does not fit its schema, which is a bug.
            EngineError: the engine is not there or cannot be believed.
        """
        try:
            found = self._look()
        except Exception as error:
            if self._closed.is_set():
                return None
            self._remember.failed(str(error) or type(error).__name__)
            raise
        if found is None or self._closed.is_set():
            return None
        self._remember(*found, self.reread)
        self._unjudged = _is_unjudged(found[0])
        return Scanned(*found, self._remember.standing)

    def reread(self) -> Json:
        """Read everything once more, and return the results document.

        Raises:
            DocumentError: what was collected does not fit its schema, which is a bug.
            EngineError: the engine is not there or cannot be believed.
        """
        started_at = utc_now()
        return self._judge.results(self._with_windows(self._clusters.anew()), started_at)

    def wait(self) -> None:
        """Wait until there may be something to scan, or this is closed."""
        self._clusters.wait()

    def scan_all_now(self) -> None:
        """End the wait, and let the next scan read everything."""
        self._clusters.read_all_now()

    def watching(self) -> Watching:
        """Return how the watches, the readings and the store do."""
        return replace(self._clusters.watching(), remembers=self._remember.is_well)

    def close(self) -> None:
        """End a wait, and ask Consul nothing more by itself."""
        self._closed.set()
        self._clusters.close()

    def _look(self) -> tuple[Json, Json] | None:
        look = self._clusters.look()
        snapshot = self._with_windows(look.snapshot)
        if look.still and not self._unjudged:
            return None
        # Until it is judged and remembered: what has changed is shown as new only once.
        self._unjudged = True
        return self._judge.results(snapshot, look.began_at), snapshot

    def _with_windows(self, snapshot: Json) -> Json:
        windows = with_windows(snapshot, self._kept)
        self._kept = kept_after(snapshot, self._kept)
        return windows


def _is_unjudged(results: Json) -> bool:
    """Tell whether a rule could not be judged at all, as while the engine was gone for a moment."""
    return any(result["status"] == "error" and result["subject"]["kind"] == "rule" for result in results["results"])
