"""Rules for people at a terminal: the list of them, and all about one."""

from collections.abc import Mapping, Sequence

from rich.text import Text

from scanner.model.rule import Rule
from scanner.model.statements import Statement
from scanner.publish.rule_parts import Item, Part, parts, statements_of
from scanner.publish.sheet import Sheet
from scanner.publish.terminal import printable

_GAP = "  "
_TEXT_LIMIT = 4000


def render_list(rules: Sequence[Rule], *, width: int, colour: bool) -> str:
    """Return a line for each rule: id, name, severity, statements, title; cut where it does not fit into `width`."""
    sheet = Sheet(width=width, colour=colour)
    rows = [(rule.id, rule.name, rule.severity, statements_of(rule)) for rule in rules]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for rule, row in zip(rules, rows, strict=True):
        columns = "".join(f"{cell:{size}}{_GAP}" for cell, size in zip(row, widths, strict=True))
        sheet.one_line(Text(columns + _told(rule.title)))
    return sheet.text()


def render_rule(
    rule: Rule, rules: Sequence[Rule], statements: Mapping[str, Statement], *, width: int, colour: bool
) -> str:
    """Return all about one rule; `rules` are the whole catalogue."""
    sheet = Sheet(width=width, colour=colour)
    label = f"{printable(rule.id)} {printable(rule.name)}"
    sheet.paragraph(Text.assemble((label, "bold"), f"{_GAP}{rule.severity}"))
    sheet.paragraph(Text(_told(rule.title)))
    for part in parts(rule, rules, statements):
        sheet.blank()
        write_part(sheet, part)
    if rule.related_resources:
        sheet.blank()
        write_part(sheet, Part("See also", items=tuple(Item(ref, "") for ref in rule.related_resources)))
    return sheet.text()


def write_part(sheet: Sheet, part: Part) -> None:
    """Write a heading with its sentences and items."""
    sheet.paragraph(Text(part.heading, "bold"))
    if part.text:
        sheet.paragraph(Text(_told(part.text)), depth=1)
    for item in part.items:
        line = f"{_told(item.name)}: {_told(item.text)}" if item.text else _told(item.name)
        sheet.paragraph(Text(line), depth=1, hang=len(_GAP))


def _told(text: str) -> str:
    # A rule may be anybody's, so its words are made safe like those of a cluster.
    return printable(text, _TEXT_LIMIT)
