"""All clusters of a scan -> the snapshot."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial

from scanner import __version__
from scanner.collect.cluster import ONE_SAMPLE, Progress, collect_cluster
from scanner.collect.http_transport import HttpTransport
from scanner.collect.parallel import in_parallel
from scanner.collect.sampling import Sampling
from scanner.collect.target import ClusterTarget
from scanner.collect.transport import Connect, usable
from scanner.errors import ConfigError, DocumentError
from scanner.model.document import Json
from scanner.model.snapshot import SCHEMA_VERSION
from scanner.schemas import fault

CLUSTERS_AT_ONCE = 8


def collect_snapshot(
    targets: Sequence[ClusterTarget],
    clock: Callable[[], datetime],
    progress: Progress,
    connect: Connect = HttpTransport,
    sampling: Sampling = ONE_SAMPLE,
) -> Json:
    """Read all clusters and return a document that fits `schemas/snapshot.json`.

    A cluster that cannot be read stands in it with `collection.access.status` = `error`; the others are whole.
    `clock` gives the scanner's time with a zone. Files of tokens and TLS are read before anything is sent.

    Raises:
        ConfigError: such a file cannot be used, or there is no cluster to read.
        DocumentError: what was collected does not fit the schema, which is a bug.
    """
    if not targets:
        raise ConfigError("there is no cluster to read", "Name one in the config file, under clusters")
    captured_at = clock()
    with ExitStack() as open_transports:
        jobs = {
            target.name: _job(
                target, connect, partial(collect_cluster, progress=progress, sampling=sampling), open_transports
            )
            for target in targets
        }
        clusters = in_parallel(jobs, CLUSTERS_AT_ONCE)
    return valid(assembled(clusters, captured_at))


def assembled(clusters: Json, captured_at: datetime) -> Json:
    """Return the snapshot of these clusters; `captured_at` has a zone."""
    return {
        "schema_version": SCHEMA_VERSION,
        "captured_at": captured_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "scanner": {"version": __version__},
        "clusters": clusters,
    }


def _job(
    target: ClusterTarget, connect: Connect, collect: Callable[..., Json], opened: ExitStack
) -> Callable[[], Json]:
    transport = usable(target, connect)
    opened.callback(transport.close)
    return partial(collect, target, transport)


def valid(snapshot: Json) -> Json:
    """Return a snapshot that fits its schema.

    Raises:
        DocumentError: it does not, which is a bug.
    """
    reason = fault(snapshot, "snapshot")
    if reason is not None:
        raise DocumentError(f"the collected snapshot does not fit its schema: {reason}", "Please report this bug")
    return snapshot
