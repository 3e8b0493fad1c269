"""`consul-scan history`: what the daemon remembers, read beside it."""

import json
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli.listing import Listing
from scanner.config import load_config
from scanner.errors import UsageError
from scanner.model.finding import OPEN, Finding
from scanner.model.recall import Wanted
from scanner.publish import history_json, history_text
from scanner.publish.output import write

if TYPE_CHECKING:
    from scanner.findings.history import History

_PIPE_WIDTH = 120
_PATH = click.Path(path_type=Path)
_SHORTEST = 4

_format = click.option(
    "--format",
    "history_format",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="For people or for programs.",
)


def _store_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add `--store` and `--config`, which name the file."""
    config = click.option(
        "-c",
        "--config",
        type=_PATH,
        envvar="CONSUL_SCAN_CONFIG",
        show_envvar=True,
        help="The config file, for its store.",
    )
    store = click.option(
        "--store", type=_PATH, metavar="FILE", help="The store; it goes before that of the config file."
    )
    return store(config(command))


@click.group(cls=Listing)
def history() -> None:
    """Tell what the daemon remembers: findings, when they opened and were resolved, and the scans that showed it.

    The store is read beside a running daemon, and not changed.

    \b
    Examples:
      consul-scan history list --config consul-scan.yaml --open
      consul-scan history list --store findings.db --since 2026-11-01 --format json
      consul-scan history show 0a02cc0e5a04 --store findings.db
      consul-scan history snapshot HASH --store findings.db --output then.json
    """


@history.command("list")
@_store_options
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]),
    metavar="TIME",
    help="Only findings that failed, or of which something was told, since a day or a time (UTC unless it says else).",
)
@click.option("--rule", metavar="ID", help="Only findings of this rule, by its id or name.")
@click.option("--cluster", metavar="NAME", help="Only findings of this cluster, and of its pairs.")
@click.option("--open", "only_open", is_flag=True, help="Only findings that stand.")
@_format
def list_findings(
    store: Path | None,
    config: Path | None,
    since: datetime | None,
    rule: str | None,
    cluster: str | None,
    history_format: str,
    *,
    only_open: bool,
) -> int:
    """List findings, the one that failed last first.

    \b
    Examples:
      consul-scan history list --config consul-scan.yaml --open
      consul-scan history list --store findings.db --since 2026-11-01 --format json
    """
    from scanner.findings.history import opened_history  # noqa: PLC0415 - as in `serve`

    wanted = Wanted(
        since=since and _in_utc(since),
        rules=() if rule is None else (rule,),
        clusters=() if cluster is None else (cluster,),
        states=OPEN if only_open else (),
    )
    with opened_history(_named(store, config)) as kept:
        findings = kept.findings(wanted)
    if history_format == "json":
        write(history_json.render_list(findings), "-")
    else:
        width, colour = _view()
        write(history_text.render_list(findings, width=width, colour=colour), "-")
    return 0


@history.command("show")
@click.argument("fingerprint")
@_store_options
@_format
def show_finding(fingerprint: str, store: Path | None, config: Path | None, history_format: str) -> int:
    """Tell all about one finding, called by its fingerprint or the beginning of it.

    \b
    Example:
      consul-scan history show 0a02cc0e5a04 --store findings.db
    """
    from scanner.findings.history import opened_history  # noqa: PLC0415 - as in `serve`

    with opened_history(_named(store, config)) as kept:
        finding = _called(fingerprint, kept)
        transitions = kept.transitions(finding.fingerprint)
    if history_format == "json":
        write(history_json.render_finding(finding, transitions), "-")
    else:
        width, colour = _view()
        write(history_text.render_finding(finding, transitions, width=width, colour=colour), "-")
    return 0


@history.command("snapshot")
@click.argument("sha256", metavar="HASH")
@_store_options
@click.option("-o", "--output", default="-", metavar="FILE", help="Where to write the snapshot; - is stdout.")
def write_snapshot(sha256: str, store: Path | None, config: Path | None, output: str) -> int:
    """Write the snapshot that a finding opened on, for `consul-scan audit --snapshot`.

    \b
    Example:
      consul-scan history snapshot HASH --store findings.db --output then.json
    """
    from scanner.findings.history import opened_history  # noqa: PLC0415 - as in `serve`

    with opened_history(_named(store, config)) as kept:
        snapshot = kept.snapshot(sha256.lower())
    if snapshot is None:
        raise UsageError(f"No snapshot {sha256} is kept", "Take a hash that `consul-scan history show` calls kept.")
    # A name may hold half of a surrogate pair, which no output takes as it is: JSON has an escape for it.
    write(json.dumps(json.loads(snapshot), separators=(",", ":")) + "\n", output)
    return 0


def _named(store: Path | None, config: Path | None) -> Path:
    path = store or (load_config(config).store.path if config else None)
    if path is None:
        where = f"{config} names no store" if config else "No store is named"
        raise UsageError(where, "Give --store FILE, or --config with a file that has store.path.")
    return path


def _called(fingerprint: str, kept: "History") -> Finding:
    if len(fingerprint) < _SHORTEST:
        raise UsageError(f"{fingerprint} is too short for a fingerprint", f"Give {_SHORTEST} characters at least.")
    found = kept.called(fingerprint.lower())
    if not found:
        raise UsageError(f"No finding {fingerprint} is kept", "`consul-scan history list` has those that are.")
    if len(found) > 1:
        raise UsageError(f"{len(found)} findings begin with {fingerprint}", "Give more of the fingerprint.")
    return found[0]


def _in_utc(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _view() -> tuple[int, bool]:
    """Return the width in columns, and whether there is colour."""
    terminal = sys.stdout.isatty()
    return (shutil.get_terminal_size().columns if terminal else _PIPE_WIDTH), terminal
