"""Waivers for people: a line for each with its state, and one that is ready for the waivers file."""

from collections import Counter
from collections.abc import Sequence
from typing import get_args

import yaml
from rich.text import Text

from scanner.model.waiver import Waiver, WaiverCheck, WaiverState
from scanner.publish.sheet import Sheet
from scanner.publish.terminal import printable
from scanner.publish.wording import counted

_GAP = "  "
_STYLES = {"active": "green", "expired": "red", "not yet": "yellow"}


def render_checks(checks: Sequence[WaiverCheck], *, width: int, colour: bool) -> str:
    """Return a line for each waiver: id, state, what it accepts and until when, what it matches; then the sum."""
    sheet = Sheet(width=width, colour=colour)
    rows = [_row(check) for check in checks]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for check, row in zip(checks, rows, strict=True):
        first, state, *rest = (f"{cell:{size}}{_GAP}" for cell, size in zip(row, widths, strict=True))
        sheet.one_line(Text.assemble(first, (state, _STYLES[check.state]), "".join(rest).rstrip()))
    sheet.paragraph(Text(_sum(checks)))
    return sheet.text()


def render_entry(waiver: Waiver) -> str:
    """Return a waiver as YAML, an item of the waivers file; what is not printable is spelled as YAML spells it."""
    entry = waiver.entry()
    readable = all(value.replace("\n", "").isprintable() for value in entry.values())
    return yaml.safe_dump([entry], sort_keys=False, allow_unicode=readable, width=100)


def _row(check: WaiverCheck) -> tuple[str, ...]:
    waiver = check.waiver
    where = (printable(text) for text in (waiver.rule, waiver.cluster, waiver.subject))
    until = f"until {printable(waiver.expires)}, {printable(waiver.owner)}"
    return (printable(waiver.id), check.state, *where, until, _matches(check))


def _matches(check: WaiverCheck) -> str:
    if check.matches is None:
        return ""
    if check.matches:
        return f"matches {counted(check.matches, 'failure', 'failures')}"
    return f"cannot be told: {printable(check.doubt)}" if check.doubt else "matches nothing"


def _sum(checks: Sequence[WaiverCheck]) -> str:
    count = Counter(check.state for check in checks)
    told = ", ".join(f"{count[state]} {state}" for state in get_args(WaiverState) if count[state])
    return f"{counted(len(checks), 'waiver', 'waivers')}{': ' if told else ''}{told}"
