"""Scans of a playground, as the command line would make them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from scanner.collect.address import parse_address
from scanner.collect.credentials import TokenFile
from scanner.collect.snapshot import collect_snapshot
from scanner.collect.target import ClusterTarget
from scanner.model.document import Json
from tests.playground import Playground


def targets(playground: Playground, names: Iterable[str]) -> list[ClusterTarget]:
    """Return clusters of a playground, each with the scanner's own least token."""
    return [_target(playground, name) for name in names]


def snapshot(playground: Playground, *names: str) -> Json:
    """Return a snapshot of these clusters, or of all."""
    return collect_snapshot(targets(playground, names or playground.clusters), lambda: datetime.now(UTC), unheard)


def unheard(cluster: str, section: str) -> None:
    """Take no note of progress."""
    del cluster, section


def _target(playground: Playground, name: str) -> ClusterTarget:
    cluster = playground.clusters[name]
    return ClusterTarget(name, parse_address(cluster.address), TokenFile(cluster.scanner_token_file))
