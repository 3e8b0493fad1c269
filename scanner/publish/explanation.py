"""Why a rule judged as it did, for people at a terminal: what it rests on, what was read, what decided, its text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rich.text import Text

from scanner.model.document import Json
from scanner.model.rule import Rule
from scanner.model.statements import Statement
from scanner.publish.failures import write_absent_causes, write_mend
from scanner.publish.rule_parts import foundation
from scanner.publish.rule_text import write_part
from scanner.publish.sheet import Sheet
from scanner.publish.terminal import printable, prose
from scanner.publish.waivers import waiver_words
from scanner.publish.wording import rule_label, subject_label

_LINE_LIMIT = 1000
_CODE_INDENT = 2
_DEEPEST = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STYLES = {"fail": "bold red", "error": "bold magenta", "unknown": "magenta", "pass": "green", "not_applicable": "dim"}
_DECIDED = {
    "pass": "What made it pass",
    "fail": "What decided",
    "unknown": "What was there",
    "error": "What was there",
    "not_applicable": "What was there",
}


@dataclass(frozen=True)
class Explained:
    """What is told of a rule and its results.

    `clusters` are those of the results document, `results` what the rule said there; `path` and `text` are its file,
    empty of a rule that is none of the policies.
    `as_judged` tells whether the policies are those that the results were made with.
    """

    rule: Rule
    clusters: Json
    results: list[Json]
    path: str
    text: str
    as_judged: bool


def render(explained: Explained, statements: Mapping[str, Statement], *, width: int, colour: bool) -> str:
    """Return the explanation as text for a terminal of `width` columns, or for a pipe."""
    sheet = Sheet(width=width, colour=colour)
    rule = explained.rule
    label = rule_label({"rule": rule.id, "name": rule.name})
    sheet.paragraph(Text.assemble((label, "bold"), f"  {rule.severity}"))
    sheet.paragraph(Text(prose(rule.title)))
    for part in foundation(rule, statements):
        sheet.blank()
        write_part(sheet, part)
    for result in explained.results:
        _write_result(sheet, explained, result)
    _write_rule(sheet, explained)
    return sheet.text()


def _write_result(sheet: Sheet, explained: Explained, result: Json) -> None:
    subject = result["subject"]
    status = result["status"]
    place = "" if subject["kind"] in {"cluster", "pair", "rule"} else f" of {printable(subject['cluster'])}"
    sheet.blank()
    sheet.paragraph(
        Text.assemble((status.upper(), _STYLES[status]), "  ", (f"{subject_label(subject)}{place}", "bold"))
    )
    sheet.paragraph(Text(prose(result["message"])), depth=1)
    _write_read(sheet, explained, subject)
    _write_evidence(sheet, result)
    _write_next(sheet, result)


def _write_read(sheet: Sheet, explained: Explained, subject: Json) -> None:
    """Write how each section was read that the rule needs, of each cluster that the subject concerns."""
    ends = (subject["cluster"], subject["peer"]) if explained.rule.two_sided else (subject["cluster"],)
    names = [name for name in dict.fromkeys(ends) if name in explained.clusters]
    if names:
        sheet.paragraph(Text("What was read", "bold"), depth=1)
    for name in names:
        collection = explained.clusters[name]["collection"]
        for section in explained.rule.needs:
            told = _reading(collection[section]) if section in collection else "not in these results"
            sheet.paragraph(Text(f"{printable(name)} {section}: {told}"), depth=2, hang=2)


def _reading(read: Json) -> str:
    index = f", index {read['index']}" if read.get("index") is not None else ""
    at = f", {_time(read['at_ns'])}" if read.get("at_ns") is not None else ""
    detail = f": {prose(read['detail'])}" if read["detail"] else ""
    return f"{printable(read['status'])}{index}{at}{detail}"


def _time(at_ns: int) -> str:
    return (_EPOCH + timedelta(microseconds=at_ns // 1000)).isoformat(timespec="milliseconds")


def _write_evidence(sheet: Sheet, result: Json) -> None:
    if not result["evidence"]:
        return
    sheet.paragraph(Text(_DECIDED[result["status"]], "bold"), depth=1)
    for line in json.dumps(result["evidence"], indent=2, sort_keys=True, ensure_ascii=False).split("\n"):
        _write_code(sheet, line, depth=2)


def _write_next(sheet: Sheet, result: Json) -> None:
    if result["error"]:
        sheet.paragraph(Text(f"The rule gave no verdict: {prose(result['error'])}"), depth=1)
    if result["needed"]:
        sheet.paragraph(Text.assemble(("To settle: ", "bold"), prose(result["needed"])), depth=1)
    if result["waived_by"]:
        sheet.paragraph(Text(f"It is {prose(waiver_words(result))}"), depth=1)
    if result["caused_by"]:
        write_absent_causes(sheet, result["caused_by"])
    if result["remediation"]:
        write_mend(sheet, result)


def _write_rule(sheet: Sheet, explained: Explained) -> None:
    """Write the rule from its package on: its head, the METADATA, is what was told above."""
    sheet.blank()
    if not explained.rule.in_rego:
        sheet.paragraph(Text("This rule has no text in Rego: it judges waivers, after all other rules."))
        return
    sheet.paragraph(Text.assemble(("The rule's text", "bold"), f"  {printable(explained.path, _LINE_LIMIT)}"))
    if not explained.as_judged:
        sheet.paragraph(Text("The policies have changed since: what follows is not what judged."), depth=1)
    lines = explained.text.split("\n")
    start = next((number for number, line in enumerate(lines) if line.startswith("package ")), 0)
    for line in lines[start:]:
        _write_code(sheet, line, depth=1)


def _write_code(sheet: Sheet, line: str, depth: int) -> None:
    shown = printable(line.expandtabs(_CODE_INDENT).rstrip(), _LINE_LIMIT)
    hang = len(shown) - len(shown.lstrip()) + _CODE_INDENT
    if shown:
        sheet.paragraph(Text(shown), depth=depth, hang=min(hang, _DEEPEST))
    else:
        sheet.blank()
