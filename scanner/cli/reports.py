"""The reports of one run: which formats, where to, and nothing twice to one place."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click

from scanner.cli.options import Command
from scanner.errors import UsageError
from scanner.evaluate.parameters import nearest
from scanner.findings.fingerprint import fingerprint
from scanner.model.document import Json
from scanner.publish.formats import RENDERERS
from scanner.publish.output import STANDARD_OUTPUT, target_of, write_all

FILE_WIDTH = 100
"""Columns of a table that no terminal gets."""


@dataclass(frozen=True)
class Report:
    """A format, and the file that gets it; `-` is standard output. A table is `whole` or in short of many clusters."""

    format: str
    place: str
    whole: bool = False


Reports = tuple[Report, ...]


def report_options(command: Command) -> Command:
    """Add the options that choose reports; the command gets them as one argument, `reports`."""

    @wraps(command)
    def choosing(**given: Any) -> int:
        reports = chosen_reports(given.pop("formats"), given.pop("output"), whole=given.pop("whole"))
        return command(reports=reports, **given)

    decorated: Command = choosing
    for option in (
        click.option(
            "--all", "whole", is_flag=True, help="Tell all of every cluster in a table, not of the worst ten alone."
        ),
        click.option(
            "-o", "--output", metavar="FILE", help="Where to write the format that names no file; - is stdout."
        ),
        click.option(
            "-f",
            "--format",
            "formats",
            multiple=True,
            metavar="FORMAT[=FILE]",
            shell_complete=_formats,
            help=f"A report, and the file to write it to; give one for each. Formats are {', '.join(RENDERERS)}; "
            "without this option there is a table.",
        ),
    ):
        decorated = option(decorated)
    return decorated


def _formats(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in RENDERERS if name.startswith(incomplete)]


def chosen_reports(formats: Sequence[str], output: str | None, *, whole: bool) -> Reports:
    """Return the reports that options ask for: `FORMAT` goes to `output`, `FORMAT=FILE` to its own file.

    Raises:
        UsageError: there is no such format, or two reports would go to the same place.
    """
    asked = [_split(text) for text in formats or ("table",)]
    if output and all(place for _, place in asked):
        raise UsageError(
            f"--output {output} is for a format that names no file, and each one does", "Leave --output out."
        )
    reports = tuple(Report(name, place or output or STANDARD_OUTPUT, whole) for name, place in asked)
    _refuse_one_place(reports)
    return reports


def write_reports(results: Json, reports: Reports) -> None:
    """Write reports on a results document: all of them, or none of the files where one cannot be written.

    Raises:
        OutputError: one cannot be written.
    """
    write_all([(_rendered(results, report), report.place) for report in reports])


def _split(text: str) -> tuple[str, str]:
    name, equals, place = text.partition("=")
    if name not in RENDERERS:
        raise UsageError(f"There is no format {name}", nearest(name, list(RENDERERS)))
    if equals and not place:
        raise UsageError(f"--format {text} names no file", f"Write --format {name}=FILE, or --format {name}.")
    return name, place


def _refuse_one_place(reports: Reports) -> None:
    taken: dict[str, Report] = {}
    for report in reports:
        place = report.place if report.place == STANDARD_OUTPUT else str(target_of(report.place))
        if other := taken.get(place):
            where = "standard output" if place == STANDARD_OUTPUT else report.place
            raise UsageError(
                f"The formats {other.format} and {report.format} would both go to {where}",
                f"Give one a file of its own: --format {report.format}=FILE.",
            )
        taken[place] = report


def _rendered(results: Json, report: Report) -> str:
    terminal = report.place == STANDARD_OUTPUT and sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else FILE_WIDTH
    return RENDERERS[report.format](results, width=width, colour=terminal, fingerprint=fingerprint, whole=report.whole)
