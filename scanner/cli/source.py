"""Where the snapshot comes from that a command judges: a file, or the clusters themselves."""

from dataclasses import dataclass
from pathlib import Path

import click

from scanner.cli.options import Selection, configuration
from scanner.cli.progress import progress
from scanner.cli.stored import stored_snapshot
from scanner.config import Config, load_config
from scanner.errors import UsageError
from scanner.model.document import Json
from scanner.wiring import live_snapshot

snapshot_option = click.option(
    "--snapshot", type=click.Path(path_type=Path), help="Judge this stored snapshot, - for stdin; no cluster is asked."
)


@dataclass(frozen=True)
class Source:
    """What is judged and by which settings; `stored` is the snapshot where it need not be read first."""

    settings: Config
    stored: Json | None = None
    path_window: float = 0.0

    @property
    def clusters(self) -> tuple[str, ...]:
        """The names of the clusters, which are known before any of them is read."""
        return tuple(self.stored["clusters"]) if self.stored else tuple(one.name for one in self.settings.clusters)

    def snapshot(self) -> Json:
        """Return the snapshot; live clusters are read for it, and progress shows on a terminal."""
        if self.stored:
            return self.stored
        with progress() as report:
            return live_snapshot(self.settings, report, self.path_window)


def chosen_source(selection: Selection, snapshot: Path | None, path_window: float) -> Source:
    """Return the source that the options mean.

    Raises:
        UsageError: options that exclude each other.
        DocumentError: the snapshot cannot be used.
        ConfigError: the config file cannot be used.
    """
    if not snapshot:
        return Source(configuration(selection), path_window=path_window)
    if path_window:
        raise UsageError("--snapshot and --path-window exclude each other", "A stored snapshot has its samples in it.")
    settings = offline_settings(selection, "--snapshot", "A stored snapshot has its clusters in it.")
    return Source(settings, stored_snapshot(snapshot))


def offline_settings(selection: Selection, option: str, reason: str) -> Config:
    """Return the settings beside a stored document, whose clusters no flag may name."""
    if selection.has_flags:
        raise UsageError(f"{option} and --cluster, --token-file, --ca-file exclude each other", reason)
    return load_config(selection.config) if selection.config else Config(())
