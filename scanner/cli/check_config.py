"""`consul-scan check-config`: is this config file good? Nothing is asked of a cluster."""

from collections.abc import Iterator
from pathlib import Path

import click

from scanner.cli.config_text import understood
from scanner.config_check import Checked, checked_config
from scanner.errors import ScanError, UsageError
from scanner.publish.output import write
from scanner.publish.terminal import printable

_FAULTY = 2
_LINE = 1000


@click.command("check-config")
@click.argument("file", required=False, envvar="CONSUL_SCAN_CONFIG", type=click.Path(path_type=Path))
def check_config(file: Path | None) -> int:
    """Tell all that an audit would refuse of a config file, and else what was understood.

    FILE is that of CONSUL_SCAN_CONFIG where none is given. Its policies, token files and TLS files are read; no cluster
    is asked. Exit code 2 tells that there is a fault; a warning alone changes no code.

    \b
    Example:
      consul-scan check-config consul-scan.yaml
    """
    if file is None:
        raise UsageError("No config file is named", "Give FILE, or set CONSUL_SCAN_CONFIG.")
    checked = checked_config(file)
    write("\n".join(_lines(file, checked)) + "\n", "-")
    return _FAULTY if checked.faults else 0


def _lines(file: Path, checked: Checked) -> Iterator[str]:
    for fault in checked.faults:
        yield from _told("Error", fault)
    for warning in checked.warnings:
        yield from _told("Warning", warning)
    if checked.config:
        yield f"{printable(str(file), _LINE)} is right; no cluster was asked."
        yield from (f"  {printable(line, _LINE)}" for line in understood(checked.config, checked.rules))


def _told(word: str, error: ScanError) -> Iterator[str]:
    yield f"{word}: {printable(error.message, _LINE)}"
    if error.advice:
        yield f"  -> {printable(error.advice, _LINE)}"
