"""How the table shows what could not be judged: blind sections, erred rules, unknown results."""

from rich.text import Text

from scanner.model.document import Json
from scanner.publish.chapters import Blindness, Chapter, Unknown
from scanner.publish.sheet import Sheet
from scanner.publish.terminal import printable, prose
from scanner.publish.wording import counted, listed, rule_label, subject_label


def write_blindness(sheet: Sheet, chapter: Chapter) -> None:
    """Write which sections of a cluster were not read and why, and the grants that would open them."""
    for blindness in chapter.blindness:
        everything = len(blindness.sections) == chapter.section_count
        sheet.paragraph(_blindness_line(blindness, everything=everything), depth=1, hang=2)
    if chapter.missing_grants and chapter.blindness:
        grants = Text.assemble(("Grant the scanner's token: ", "bold"), listed(chapter.missing_grants))
        sheet.paragraph(grants, depth=1, hang=2)


def _blindness_line(blindness: Blindness, *, everything: bool) -> Text:
    sections = "nothing was read" if everything else listed(blindness.sections)
    detail = f": {prose(blindness.detail)}" if blindness.detail else ""
    return Text.assemble(sections, " (", (printable(blindness.status), "yellow"), ")", detail)


def write_error(sheet: Sheet, result: Json) -> None:
    """Write a rule that erred: no verdict, and nothing that Consul can be blamed for."""
    sheet.blank()
    title = f"{rule_label(result)}, {subject_label(result['subject'])}"
    sheet.paragraph(Text.assemble(("ERROR", "bold magenta"), "  ", (title, "bold")), depth=1, hang=2)
    sheet.paragraph(Text(prose(result["error"] or result["message"])), depth=2)
    sheet.paragraph(Text("The rule gave no verdict: a fault of the rule or the engine, not of Consul."), depth=2)


def write_unknown(sheet: Sheet, unknown: Unknown) -> None:
    """Write checks that one thing would settle: which, why they are unknown, and that thing."""
    sheet.blank()
    sheet.paragraph(Text.assemble(("UNKNOWN", "magenta"), "  ", (_checks(unknown), "bold")), depth=1, hang=2)
    messages = {result["message"] for result in unknown.results} - {unknown.needed, ""}
    if len(messages) == 1:
        sheet.paragraph(Text(prose(messages.pop())), depth=2)
    sheet.paragraph(Text.assemble(("To settle: ", "bold"), prose(unknown.needed)), depth=2)


def _checks(unknown: Unknown) -> str:
    results = unknown.results
    if len(results) == 1:
        return f"{rule_label(results[0])}, {subject_label(results[0]['subject'])}"
    rules = sorted({result["rule"] for result in results})
    if len(rules) > 1:
        return f"{counted(len(results), 'check', 'checks')}: {listed(rules)}"
    return f"{rule_label(results[0])}, {'; '.join(subject_label(result['subject']) for result in results)}"
