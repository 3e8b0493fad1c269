"""`consul-scan export`: read the clusters, write the snapshot."""

import json

import click

from scanner.cli.options import Selection, cluster_options, configuration, path_window_option
from scanner.cli.progress import progress
from scanner.findings.summary import cluster_status
from scanner.publish.output import write
from scanner.wiring import live_snapshot

_UNREADABLE = 4


@click.command()
@cluster_options
@click.option("-o", "--output", default="-", metavar="FILE", help="Where to write the snapshot; - is stdout.")
@path_window_option
def export(
    selection: Selection,
    output: str,
    path_window: float,
) -> int:
    """Read the clusters and write what was found as a snapshot, without judging it.

    The snapshot holds no secret. Exit code 4 tells that a cluster could not be read; the snapshot is written
    nevertheless, and says why.

    \b
    Examples:
      consul-scan export --config consul-scan.yaml --output snapshot.json
      consul-scan export --cluster dc1=http://127.0.0.1:8500 --token-file dc1=dc1.token
    """
    settings = configuration(selection)
    with progress() as report:
        snapshot = live_snapshot(settings, report, path_window)
    write(json.dumps(snapshot, indent=2, sort_keys=True) + "\n", output)
    statuses = {cluster_status(state["collection"]) for state in snapshot["clusters"].values()}
    return _UNREADABLE if "unreachable" in statuses else 0
