"""Where watches say that a cluster may have changed, and where the one who reads waits for that."""

from threading import Event, Lock


class Bell:
    """May be rung by many threads; one waits. What is rung while nobody waits is not lost."""

    def __init__(self) -> None:
        """Start in silence."""
        self._rung = Event()
        self._lock = Lock()
        self._woken: dict[str, bool] = {}

    def ring(self, cluster: str, *, whole: bool = False) -> None:
        """Say that a cluster has to be read again, `whole` if what is known of it may all be wrong."""
        with self._lock:
            self._woken[cluster] = whole or self._woken.get(cluster, False)
        self._rung.set()

    def wake(self) -> None:
        """End the wait though no cluster has to be read again."""
        self._rung.set()

    def wait(self, seconds: float) -> bool:
        """Wait until the bell was rung, so many seconds at most; tell whether it was."""
        return self._rung.wait(seconds)

    def taken(self) -> dict[str, bool]:
        """Return which clusters were named since the last time, and whether each has to be read whole."""
        with self._lock:
            woken, self._woken = self._woken, {}
            self._rung.clear()
        return woken
