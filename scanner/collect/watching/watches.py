"""The watches of one cluster: one thread each, as many as there is to watch."""

from collections.abc import Collection, Iterable
from threading import Thread

from scanner.collect.watching.bell import Bell
from scanner.collect.watching.connection import Connection
from scanner.collect.watching.places import MOST_PLACES, Place, places
from scanner.collect.watching.watch import Timing, Watch
from scanner.model.document import Json
from scanner.model.watching import WatchState


class Watches:
    """Starts and stops the watches of a cluster as its gateways come and go."""

    def __init__(self, cluster: str, connection: Connection, bell: Bell, timing: Timing) -> None:
        """Watch nothing yet."""
        self._cluster, self._connection, self._bell, self._timing = cluster, connection, bell, timing
        self._running: dict[Place, Watch] = {}
        self._unstarted: dict[Place, Watch] = {}
        self._gone: dict[Place, int] = {}

    def follow(self, cluster: Json, full_readings: int) -> None:
        """Watch what there is to watch by what was last read, when it was read whole so many times.

        A gateway that went is watched on while two more full readings miss it, if there is room: Consul tells at once
        that it is back. Where gateways could not be read, those known stay watched.
        A thread that is told to stop does so with Consul's next answer; it is a daemon and holds no exit.
        """
        wanted = dict.fromkeys(places(cluster))
        wanted |= dict.fromkeys(self._missed(cluster, wanted, full_readings))
        for place in self._running.keys() - wanted.keys():
            self._running.pop(place).stop()
        self._unstarted = {place: watch for place, watch in self._unstarted.items() if place in wanted}
        for place in wanted.keys() - self._running.keys():
            self._start(place)

    def stop(self) -> None:
        """Stop all."""
        for watch in list(self._running.values()):
            watch.stop()

    def states(self) -> Iterable[WatchState]:
        """Give the state of each, in the order of their names; one that could not be started fails."""
        watches = [*self._running.values(), *self._unstarted.values()]
        return sorted((watch.state for watch in watches), key=lambda state: state.watch)

    def _missed(self, cluster: Json, wanted: Collection[Place], full_readings: int) -> list[Place]:
        """Return what was not seen now and is to be watched on."""
        if cluster["gateways"] is None:
            self._gone = {}
            return list(self._running)
        missing = [place for place in self._running if place not in wanted]
        self._gone = {place: self._gone.get(place, full_readings) for place in missing}
        lately = [place for place in missing if full_readings <= self._gone[place] + 1]
        return lately[: max(0, MOST_PLACES - len(wanted))]

    def _start(self, place: Place) -> None:
        """Start a watch. Where the system has no thread for it, it is tried again by the next `follow`."""
        watch = self._unstarted.pop(place, None) or Watch(
            self._cluster, place, self._connection.client, self._bell, self._timing
        )
        # Before it runs: whoever stops all in this moment has to find it.
        self._running[place] = watch
        try:
            Thread(target=watch.run, name=f"watch {self._cluster} {place.name}", daemon=True).start()
        except RuntimeError as error:
            watch.fails(f"{error}. Raise the limit of threads (TasksMax, pids)")
            self._unstarted[place] = self._running.pop(place)
