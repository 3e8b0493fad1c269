"""Progress on a terminal, silence in a pipe."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from scanner.collect.cluster import Progress
from scanner.publish.terminal import printable


@contextmanager
def progress() -> Iterator[Progress]:
    """Yield what shows, on stderr while that is a terminal, which section was read last; it leaves no trace."""
    if not sys.stderr.isatty():
        yield lambda cluster, section: None  # noqa: ARG005 - named as the port names them
        return
    with Console(stderr=True).status("Reading ...") as status:
        yield lambda cluster, section: status.update(f"Reading {printable(cluster)}: {section}")
