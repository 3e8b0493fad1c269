"""Consul clusters on loopback, peered, with real gateways: up inside a `with`, gone after it."""

import operator
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.playground.cluster import Cluster
from tests.playground.health import cluster_faults, peering_faults
from tests.playground.path import path_faults, restore_path
from tests.playground.peering import Peering
from tests.playground.spec import PeeringSpec, PlaygroundSpec
from tests.playground.startup import start_cluster
from tests.playground.waiting import RECONNECT_SECONDS, wait_until


class Playground:
    """The clusters and peerings of a spec. `clusters` finds a cluster by name; `peerings` are in the spec's order.

    `startup_seconds` tells how long it took until all was healthy.
    """

    def __init__(self, spec: PlaygroundSpec) -> None:
        """Nothing runs before the `with`."""
        self.spec = spec
        self.clusters: dict[str, Cluster] = {}
        self.peerings: list[Peering] = []
        self.startup_seconds = 0.0
        self._running = ExitStack()

    def __enter__(self) -> Self:
        """Start all clusters at once, peer them, and wait until all is healthy.

        Raises ToolMissingError, NoPortsError, ProcessEndedError, AwaitedTooLongError, PathNotRestoredError or
        ConsulRefusedError; then nothing is left running.
        """
        started = time.monotonic()
        with ExitStack() as starting:
            self._lay_out(starting)
            with ThreadPoolExecutor() as threads:
                list(threads.map(start_cluster, self.clusters.values()))
            for peering in self.spec.peerings:
                self.peer(peering)
            self.await_healthy()
            self._running = starting.pop_all()
        self.startup_seconds = time.monotonic() - started
        return self

    def _lay_out(self, starting: ExitStack) -> None:
        directory = Path(starting.enter_context(tempfile.TemporaryDirectory(prefix="consul-playground-")))
        for spec in self.spec.clusters:
            (directory / spec.name).mkdir()
            self.clusters[spec.name] = Cluster(spec, directory / spec.name)
            starting.callback(self.clusters[spec.name].stop)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every process and remove the files."""
        self._running.close()

    def add_peering(self, spec: PeeringSpec) -> Peering:
        """Give a peering that is not yet established, to be taken through its steps by hand."""
        self.peerings.append(Peering(spec, self.clusters[spec.acceptor], self.clusters[spec.dialer]))
        return self.peerings[-1]

    def peer(self, spec: PeeringSpec) -> Peering:
        """Peer two clusters; the peering may not be active yet. Raises ConsulRefusedError."""
        peering = self.add_peering(spec)
        peering.establish(peering.generate_token())
        return peering

    def faults(self) -> list[str]:
        """Give what is not, now, as it is in health, a sentence each; none where all is healthy."""
        return self._visible_faults() + list(chain(*map(path_faults, self.peerings)))

    def _visible_faults(self) -> list[str]:
        of_clusters, of_peerings = map(cluster_faults, self.clusters.values()), map(peering_faults, self.peerings)
        return [*chain(*of_clusters), *chain(*of_peerings)]

    def await_healthy(self, seconds: float = RECONNECT_SECONDS) -> None:
        """Wait until there are no faults, cutting streams that took a wrong way: those stay there for ever.

        Raises AwaitedTooLongError or PathNotRestoredError, which tell the faults that stayed.
        """
        wait_until("the playground is healthy", self._visible_faults, operator.not_, seconds)
        for peering in self.peerings:
            restore_path(peering)
        wait_until("the playground is healthy", self.faults, operator.not_, seconds)

    def run_consul(self, cluster: str, argv: Sequence[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run the `consul` program with arguments `argv` against a cluster, as management; whatever its status is."""
        environ = self.clusters[cluster].environment()
        return subprocess.run(["consul", *argv], env=environ, input=stdin, capture_output=True, text=True, check=False)
