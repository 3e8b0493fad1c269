"""The report for people: the verdict, then each cluster with what is wrong, how to mend it, and what is unknown."""

from collections.abc import Sequence

from rich.text import Text

from scanner.model.document import Json
from scanner.publish.chapters import NOWHERE, Chapter, chapters
from scanner.publish.failures import write_finding, write_resolved, write_waived
from scanner.publish.questions import write_blindness, write_error, write_unknown
from scanner.publish.sheet import Sheet
from scanner.publish.terminal import printable
from scanner.publish.verdict import consequence, sentence, word
from scanner.publish.waivers import is_known, resolved
from scanner.publish.wording import counted, share

WORD_STYLES = {"FAIL": "bold red", "INCOMPLETE": "bold yellow", "PASS": "bold green"}
# How a cluster was read, in words that nobody takes for a verdict.
READ = {"ok": ("read whole", "green"), "partial": ("read in part", "yellow"), "unreachable": ("not read", "red")}


IN_FULL = 10
"""Of so many clusters, the worst, a table tells all; of each further one a line, unless the whole is wanted."""


def render(results: Json, *, width: int, colour: bool, whole: bool = True) -> str:
    """Return a results document (schema `results`) as text for a terminal of `width` columns, or for a pipe.

    Without `whole` only the worst clusters are told in full.
    """
    sheet = Sheet(width=width, colour=colour)
    _write_verdict(sheet, results)
    told = chapters(results)
    shown = len(told) if whole else IN_FULL
    previous_is_short = False
    for chapter in told[:shown]:
        short = _is_short(chapter)
        if not (short and previous_is_short):
            sheet.blank()
        _write_chapter(sheet, chapter)
        previous_is_short = short
    _write_rest(sheet, told[shown:])
    write_resolved(sheet, resolved(results))
    sheet.blank()
    _write_origin(sheet, results)
    return sheet.text()


def _write_verdict(sheet: Sheet, results: Json) -> None:
    verdict = word(results)
    hang = len(verdict) + 2
    sheet.paragraph(Text.assemble((verdict, WORD_STYLES[verdict]), "  ", (sentence(results), "bold")), hang=hang)
    sheet.paragraph(Text(consequence(results)))


def _is_short(chapter: Chapter) -> bool:
    troubles = (chapter.findings, chapter.errors, chapter.unknown, chapter.waived, chapter.blindness)
    return not any(troubles)


def _write_rest(sheet: Sheet, rest: Sequence[Chapter]) -> None:
    """Write a line for each further cluster that has something to tell, and how many have nothing."""
    if not rest:
        return
    sheet.blank()
    told = [chapter for chapter in rest if not _is_short(chapter)]
    for chapter in told:
        sheet.one_line(_heading(chapter))
    if quiet := len(rest) - len(told):
        sheet.paragraph(Text(f"{counted(quiet, 'more cluster', 'more clusters')} with nothing to tell"))
    if told:
        sheet.paragraph(Text(f"Of the last {counted(len(told), 'cluster', 'clusters')} --all tells all."))


def _write_chapter(sheet: Sheet, chapter: Chapter) -> None:
    sheet.paragraph(_heading(chapter))
    write_blindness(sheet, chapter)
    for finding in chapter.findings:
        write_finding(sheet, finding)
    for result in chapter.errors:
        write_error(sheet, result)
    for unknown in chapter.unknown:
        write_unknown(sheet, unknown)
    write_waived(sheet, chapter.waived)


def _heading(chapter: Chapter) -> Text:
    counts = _counts(chapter)
    if not chapter.status:
        return Text.assemble((NOWHERE, "bold"), "  ", ", ".join(counts))
    tail = ", ".join([f"coverage {share(chapter.coverage)}", *counts])
    name = (printable(chapter.cluster), "bold")
    return Text.assemble(name, "  ", READ[chapter.status], f", {tail}")


def _counts(chapter: Chapter) -> list[str]:
    following = chapter.counts["fail"] - len(chapter.findings) - len(chapter.waived)
    known = sum(is_known(finding.result) for finding in chapter.findings)
    told = {
        "failed": len(chapter.findings) - known,
        "known": known,
        "failed as a consequence": following,
        "waived": len(chapter.waived),
        "erred": chapter.counts["error"],
        "unknown": chapter.counts["unknown"],
        "passed": chapter.counts["pass"],
    }
    return [f"{number} {what}" for what, number in told.items() if number]


def _write_origin(sheet: Sheet, results: Json) -> None:
    scan, summary = results["scan"], results["summary"]
    engine = f"{printable(scan['engine']['name'])} {printable(scan['engine']['version'])}"
    sheet.paragraph(Text(f"{summary['pass']} passed, {summary['not_applicable']} not applicable; engine {engine}"))
    sheet.paragraph(Text(f"scan {printable(scan['id'])}, {printable(scan['finished_at'])}", "dim"))
