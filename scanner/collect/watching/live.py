"""All clusters of a config, followed over time: a look at them is a snapshot of what is known at that moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event

from scanner.collect.http_transport import HttpTransport
from scanner.collect.snapshot import assembled, valid
from scanner.collect.target import ClusterTarget
from scanner.collect.transport import Connect, Transport
from scanner.collect.watching.agenda import WHOLE, Due, first_agenda
from scanner.collect.watching.bell import Bell
from scanner.collect.watching.connection import Connection
from scanner.collect.watching.pace import full
from scanner.collect.watching.peers import peers_of
from scanner.collect.watching.places import MOST_GATEWAYS
from scanner.collect.watching.reader import ClusterReader
from scanner.collect.watching.readers import GATHER_S, PATIENCE_S, Readers
from scanner.collect.watching.still import still
from scanner.collect.watching.watch import Timing
from scanner.collect.watching.watches import Watches
from scanner.model.document import Json
from scanner.model.watching import ReadingState, Watching

DEBOUNCE_S = 0.1
"""Changes come in groups (a rollout, several entries at once); those of this time are one."""
BURST, SECONDS_A_LOOK = 10, 0.5
"""So many looks may follow each other at once; then two a second, however often Consul wakes us."""
CONNECTIONS = 8 + MOST_GATEWAYS
"""Each watch holds one, and a reading takes four more."""
SYSTEM = Timing()


def connected(target: ClusterTarget) -> Transport:
    """Open the way to a cluster, for as many questions at once as are asked of it."""
    return HttpTransport(target, connections=CONNECTIONS)


@dataclass(frozen=True)
class Look:
    """What is known of all clusters, and whether it is `still` what it was but for what goes on all the time.

    Who asked for a reading before `began_at` finds it here.
    """

    snapshot: Json
    still: bool
    began_at: datetime


class LiveClusters:
    """Follows clusters until it is closed. One thread looks and waits; the rest is for any."""

    def __init__(
        self,
        targets: Sequence[ClusterTarget],
        interval_s: float,
        connect: Connect = connected,
        timing: Timing = SYSTEM,
    ) -> None:
        """Ask nothing yet; everything is read each `interval_s` seconds."""
        self._timing, self._bell, self._closed, self._asked = timing, Bell(), Event(), Event()
        self._agenda = first_agenda(interval_s, timing.steady())
        self._bucket = full(BURST, SECONDS_A_LOOK, timing.steady())
        self._connections = {target.name: Connection(target, connect) for target in targets}
        self._clusters = {
            one.name: ClusterReader(one, self._connections[one.name], timing.unix, timing.steady) for one in targets
        }
        self._readers = Readers(self._clusters, self._bell.wake)
        self._watches = {
            name: Watches(name, connection, self._bell, timing) for name, connection in self._connections.items()
        }
        self._wakes, self._polls = dict.fromkeys(self._clusters, 0), dict.fromkeys(self._clusters, 0)
        self._shown: Json = {}
        self._new_anew = False

    def look(self) -> Look:
        """Read what is due and return what is known; the first time everything, and with more patience.

        Raises:
            DocumentError: what was collected does not fit its schema, which is a bug.
        """
        woken, first = self._bell.taken(), not self._shown
        if first:
            # Watched before it is read: no change falls between the two.
            self._follow(self._readers.documents)
        if self._asked.is_set():
            self._asked.clear()
            self._agenda = self._agenda.at_once(self._timing.steady())
        began_at, due = self._now(), self._due(woken)
        if self._readers.read(due, PATIENCE_S if first else GATHER_S):
            self._bell.wake()
        new_anew, self._new_anew = self._new_anew, False
        is_new = self._is_new()
        still = not (is_new or new_anew or woken or WHOLE in due.values())
        return Look(assembled(self._shown, self._now()), still, began_at)

    def anew(self) -> Json:
        """Read everything once more and return the snapshot; what was not read in time is not as it was, but unread.

        What is new in it is new to the next look, too.

        Raises:
            DocumentError: what was collected does not fit its schema, which is a bug.
        """
        self._readers.read(dict.fromkeys(self._clusters, WHOLE), PATIENCE_S)
        unread = {name: self._clusters[name].being_read for name in self._readers.late}
        self._new_anew |= self._is_new()
        return assembled(self._shown | unread, self._now())

    def wait(self) -> None:
        """Wait until something is due, or this is closed."""
        due = self._bell.wait(max(0.0, self._agenda.next_at - self._timing.steady()))
        if due:
            self._closed.wait(DEBOUNCE_S)
        self._closed.wait(self._bucket.delay_s(self._timing.steady()))
        self._bucket = self._bucket.taken(self._timing.steady())

    def read_all_now(self) -> None:
        """End the wait, and let the next look read everything."""
        self._asked.set()
        self._bell.wake()

    def watching(self) -> Watching:
        """Return how the watches and the readings do."""
        watches = (state for one in self._watches.values() for state in one.states())
        clusters = (
            ReadingState(name, cluster.last_success_unix, self._wakes[name], self._polls[name])
            for name, cluster in self._clusters.items()
        )
        return Watching(tuple(watches), tuple(clusters))

    def close(self) -> None:
        """End a wait, and all watches."""
        self._closed.set()
        self._bell.wake()
        for watches in self._watches.values():
            watches.stop()
        for connection in self._connections.values():
            connection.close()

    def _due(self, woken: Mapping[str, bool]) -> Due:
        now = self._timing.steady()
        peers = {peer for name in woken if name in self._shown for peer in peers_of(name, self._shown)}
        due = self._agenda.due(now, self._clusters, woken, peers)
        self._count(woken, polled=self._agenda.polls(now))
        self._agenda = self._agenda.after(now, woken, peers)
        return due

    def _is_new(self) -> bool:
        """Take what was read as what is shown, and tell whether it is more than what goes on all the time."""
        documents = self._readers.documents
        read = {name: one for name, one in documents.items() if one is not self._shown.get(name)}
        new = {name: one for name, one in read.items() if name not in self._shown or not still(self._shown[name], one)}
        if new:
            # Only what is new: to check the whole of fifty clusters takes as long as to judge it.
            valid(assembled(new, self._now()))
        self._follow(documents)
        self._shown = documents
        return bool(new)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._timing.unix(), UTC)

    def _follow(self, documents: Json) -> None:
        for name, cluster in documents.items():
            self._watches[name].follow(cluster, self._clusters[name].full_readings)

    def _count(self, woken: Mapping[str, bool], *, polled: bool) -> None:
        for name in woken:
            self._wakes[name] += 1
        for name in self._clusters if polled else ():
            self._polls[name] += 1
