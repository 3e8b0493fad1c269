"""The clusters of the flags, and a token that none of them gets."""

import os
from collections.abc import Sequence

import click

from scanner.collect.target import ClusterTarget
from scanner.environment import targets_from_flags

_TOKEN_VARIABLES = ("CONSUL_HTTP_TOKEN", "CONSUL_HTTP_TOKEN_FILE")


def flagged_targets(
    clusters: Sequence[str], token_files: Sequence[str], ca_files: Sequence[str]
) -> tuple[ClusterTarget, ...]:
    """Return the clusters of the flags; that a token of the environment goes to none of them is told on stderr.

    Raises:
        UsageError: the flags do not fit each other.
        ConfigError: an address that is none.
    """
    targets = targets_from_flags(clusters, token_files, ca_files)
    unused = next((name for name in _TOKEN_VARIABLES if os.environ.get(name)), None)
    for target in targets:
        if unused and target.token is None:
            click.echo(
                f"Warning: {target.name} is read without a token: {unused} goes to no cluster of --cluster\n"
                f"  -> Give its token with --token-file {target.name}=PATH",
                err=True,
            )
    return targets
