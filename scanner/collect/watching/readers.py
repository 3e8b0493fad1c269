"""The readers of all clusters: they read side by side, and a slow one holds up nobody."""

from collections.abc import Callable, Mapping
from functools import partial
from threading import Event

from scanner.collect.parallel import in_parallel
from scanner.collect.watching.agenda import POLLED, WHOLE, Due
from scanner.collect.watching.reader import ClusterReader
from scanner.model.document import Json

CLUSTERS_AT_ONCE = 16
GATHER_S = 2.0
"""A cluster that answers later than this does not hold up the others, and says when it is done."""
PATIENCE_S = 15.0
"""The same where all are to be seen: at the start, and before a finding opens that compares two of them."""


class Readers:
    """Reads what is due. What broke off, or was not started, as the cluster still reads or others do, is read next."""

    def __init__(self, readers: Mapping[str, ClusterReader], done_late: Callable[[], None]) -> None:
        """Read nothing yet. `done_late` is called by a reader that nobody waits for any more, when it is done."""
        self._readers, self._done_late = readers, done_late
        self._owed: Due = {}

    @property
    def documents(self) -> Json:
        """What is known of each cluster now."""
        return {name: reader.document for name, reader in self._readers.items()}

    @property
    def late(self) -> set[str]:
        """The clusters of which is known only what was asked before: they are still read, or could not be started."""
        return {name for name, reader in self._readers.items() if reader.busy or name in self._owed}

    def read(self, due: Due, limit_s: float) -> bool:
        """Read what is due, and wait for it so many seconds at most.

        Returns whether something is owed that could be read at once.
        """
        wanted = {name: _both(self._owed.get(name), due.get(name)) for name in {*self._owed, *due}}
        started: set[str] = set()
        over = Event()
        free = {name: sections for name, sections in wanted.items() if not self._readers[name].busy}
        jobs = {name: partial(self._read, name, sections, started, over) for name, sections in free.items()}
        try:
            in_parallel(jobs, CLUSTERS_AT_ONCE, limit_s)
        finally:
            # Before anybody looks at what is known: a reader that ends now is either seen by them, or sees this.
            over.set()
            self._owed = {name: sections for name, sections in wanted.items() if name not in started}
        return any(name in free for name in self._owed)

    def _read(self, name: str, sections: frozenset[str], started: set[str], over: Event) -> None:
        reader = self._readers[name]
        reader.busy = True
        started.add(name)
        try:
            reader.read(sections)
        except BaseException:
            started.discard(name)
            raise
        finally:
            reader.busy = False
            if over.is_set():
                self._done_late()


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str]:
    sections = (one or POLLED) | (other or POLLED)
    return WHOLE if "access" in sections else sections
