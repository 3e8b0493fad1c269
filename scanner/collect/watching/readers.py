"""The readers of all clusters: they read side by side, and a slow one holds up nobody."""

from collections.abc import Callable, Mapping
from functools import partial

from scanner.collect.parallel import in_parallel
from scanner.collect.watching.agenda import POLLED, WHOLE, Due
from scanner.collect.watching.reader import ClusterReader
from scanner.model.document import Json

CLUSTERS_AT_ONCE = 16
GATHER_S = 2.0
"""A cluster that answers later than this does not hold up the others, and says when it is done."""


class Readers:
    """Reads what is due. What could not be started, as the cluster still reads or others do, is owed and read next."""

    def __init__(
        self, readers: Mapping[str, ClusterReader], steady: Callable[[], float], late: Callable[[], None]
    ) -> None:
        """Read nothing yet. `late` is called by a reader that nobody waits for any more, when it is done."""
        self._readers, self._steady, self._late = readers, steady, late
        self._owed: Due = {}

    @property
    def documents(self) -> Json:
        """What is known of each cluster now."""
        return {name: reader.document for name, reader in self._readers.items()}

    def read(self, due: Due, limit_s: float | None) -> bool:
        """Read what is due, and wait for it so many seconds at most (None: to the end).

        Returns whether something is owed that could be read at once.
        """
        wanted = {name: _both(self._owed.get(name), due.get(name)) for name in {*self._owed, *due}}
        started: set[str] = set()
        free = {name: sections for name, sections in wanted.items() if not self._readers[name].busy}
        jobs = {name: partial(self._read, name, sections, started) for name, sections in free.items()}
        in_parallel(jobs, CLUSTERS_AT_ONCE, limit_s)
        self._owed = {name: sections for name, sections in wanted.items() if name not in started}
        return any(name in free for name in self._owed)

    def _read(self, name: str, sections: frozenset[str], started: set[str]) -> None:
        started.add(name)
        reader, begun = self._readers[name], self._steady()
        reader.busy = True
        try:
            reader.read(sections)
        finally:
            reader.busy = False
        if self._steady() - begun > GATHER_S:
            self._late()


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str]:
    sections = (one or POLLED) | (other or POLLED)
    return WHOLE if "access" in sections else sections
