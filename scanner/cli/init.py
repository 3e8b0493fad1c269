"""`consul-scan init`: a config file to begin with, from what one cluster tells."""

import os
from dataclasses import replace

import click

from scanner.cli.flagged import flagged_targets
from scanner.cli.options import Selection, cluster_flags
from scanner.cli.progress import progress
from scanner.collect.target import CLUSTER_NAME, ClusterTarget
from scanner.config import Config
from scanner.config.draft import draft
from scanner.environment import targets_from_environment
from scanner.errors import ClusterError, UsageError
from scanner.findings.summary import cluster_status
from scanner.model.document import Json
from scanner.publish.output import STANDARD_OUTPUT, write, write_new
from scanner.wiring import live_snapshot


@click.command()
@cluster_flags
@click.option("-o", "--output", default="-", metavar="FILE", help="A new file to write it to; - is stdout.")
def init(selection: Selection, output: str) -> int:
    """Write a commented config file from what one cluster tells: peers, gateways, and tokens that may be theirs.

    The cluster is that of --cluster, or of Consul's own environment names (CONSUL_HTTP_ADDR and so on). The file can be
    used as it is. No secret is in it, and a file that is there is never overwritten.

    \b
    Examples:
      consul-scan init --output consul-scan.yaml
      consul-scan init --cluster dc1=https://consul.dc1.example:8501 --token-file dc1=dc1.token
    """
    target = _target(selection)
    with progress() as report:
        state: Json = live_snapshot(Config((target,)), report)["clusters"][target.name]
    if cluster_status(state["collection"]) == "unreachable":
        detail = state["collection"]["access"]["detail"]
        raise ClusterError(f"{target.address.text} could not be read: {detail}", "Nothing was written.")
    text = draft(target if selection.has_flags else _named(target, state), state)
    if output == STANDARD_OUTPUT:
        write(text, output)
    else:
        write_new(text, output)
    return 0


def _target(selection: Selection) -> ClusterTarget:
    if not selection.has_flags:
        return targets_from_environment(os.environ)[0]
    if len(selection.clusters) > 1:
        raise UsageError("init begins with one cluster", "Leave one --cluster; add the others to the file.")
    return flagged_targets(selection.clusters, selection.token_files, selection.ca_files)[0]


def _named(target: ClusterTarget, state: Json) -> ClusterTarget:
    """Return the target called as its datacenter is, where that can be a name: the environment gives none."""
    datacenter = state["datacenter"] or ""
    return replace(target, name=datacenter) if CLUSTER_NAME.fullmatch(datacenter) else target
