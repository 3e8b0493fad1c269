"""Options that several commands share, and what they mean together."""

import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any

import click

from scanner.cli.flagged import flagged_targets
from scanner.config import Config, load_config
from scanner.environment import targets_from_environment
from scanner.errors import UsageError

Command = Callable[..., int]
Decorator = Callable[[Command], Command]

SHORTEST_WINDOW_S = 16
"""A heartbeat comes every 15 s: a shorter window may hold none."""
LONGEST_WINDOW_S = 3600

_PATH = click.Path(path_type=Path)


@dataclass(frozen=True)
class Selection:
    """Which clusters a command is about, as the options say."""

    config: Path | None
    clusters: tuple[str, ...]
    token_files: tuple[str, ...]
    ca_files: tuple[str, ...]

    @property
    def has_flags(self) -> bool:
        """Whether --cluster or one of its companions was given."""
        return bool(self.clusters or self.token_files or self.ca_files)


def cluster_options(command: Command) -> Command:
    """Add the options that select clusters; the command gets them as one argument, `selection`."""
    return cluster_flags(command, _CONFIG)


def cluster_flags(command: Command, *further: Decorator) -> Command:
    """Add the flags that name clusters, and further options of a `Selection`; the command gets them as `selection`."""

    @wraps(command)
    def selecting(**given: Any) -> int:
        selection = Selection(**{field.name: given.pop(field.name, None) for field in fields(Selection)})
        return command(selection=selection, **given)

    decorated: Command = selecting
    for option in (*_FLAGS, *further):
        decorated = option(decorated)
    return decorated


_FLAGS: tuple[Decorator, ...] = (
    click.option("--ca-file", "ca_files", multiple=True, metavar="NAME=PATH", help="CA of a cluster, in PEM form."),
    click.option(
        "--token-file", "token_files", multiple=True, metavar="NAME=PATH", help="File with a cluster's token."
    ),
    click.option("--cluster", "clusters", multiple=True, metavar="NAME=ADDRESS", help="A cluster; give one for each."),
)
_CONFIG: Decorator = click.option(
    "-c",
    "--config",
    type=_PATH,
    envvar="CONSUL_SCAN_CONFIG",
    show_envvar=True,
    help="The config file.",
)

policies_option = click.option(
    "-c",
    "--config",
    type=_PATH,
    envvar="CONSUL_SCAN_CONFIG",
    help="The config file, for the rules in its `policies` folders.",
)
"""For commands about rules, which ask no cluster."""


def engine_options(command: Command) -> Command:
    """Add the options that choose the engine."""
    for option in (
        click.option("--opa-url", metavar="URL", help="An OPA server that carries our policies."),
        click.option(
            "--engine",
            type=click.Choice(["auto", "embedded", "opa"]),
            help="Where policies are evaluated; auto takes the OPA server where one is named.",
        ),
    ):
        command = option(command)
    return command


def path_window_option(command: Command) -> Command:
    """Add `--path-window`: the seconds between two samples of the gateways' Envoys, 0 for one sample."""
    return click.option(
        "--path-window",
        type=float,
        default=0,
        show_default=True,
        callback=_path_window,
        metavar="SECONDS",
        help="Time between two samples of the gateways' Envoys, 16 at least; with 0 there is one sample.",
    )(command)


def configuration(selection: Selection) -> Config:
    """Return what the options select: a config file, or clusters by flags, or one by Consul's environment names.

    They are never mixed: a token must not reach another cluster.

    Raises:
        UsageError: a config file and flags together.
        ConfigError: what they name cannot be used.
    """
    if selection.config and selection.has_flags:
        raise UsageError(
            "--config (or CONSUL_SCAN_CONFIG) and --cluster, --token-file, --ca-file exclude each other",
            "Name the clusters in the config file.",
        )
    if selection.config:
        return load_config(selection.config)
    if selection.has_flags:
        return Config(flagged_targets(selection.clusters, selection.token_files, selection.ca_files))
    return Config(targets_from_environment(os.environ))


def _path_window(_context: click.Context, _parameter: click.Parameter, seconds: float) -> float:
    if seconds and not SHORTEST_WINDOW_S <= seconds <= LONGEST_WINDOW_S:
        range_told = f"{SHORTEST_WINDOW_S} to {LONGEST_WINDOW_S}"
        told = f"{seconds:g} s cannot be: heartbeats come every 15 s. Give 0, or {range_told}."
        raise click.BadParameter(told)
    return seconds
