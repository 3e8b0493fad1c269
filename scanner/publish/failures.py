"""How the table shows a failure: what, why, the mend, and what goes away with it."""

from rich.text import Text

from scanner.model.document import Json
from scanner.publish.causes import Finding
from scanner.publish.sheet import Sheet
from scanner.publish.terminal import copyable, hides_characters, printable, prose
from scanner.publish.waivers import is_known, waiver_terms
from scanner.publish.wording import rule_label, subject_label

SEVERITY_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "info": "blue"}
WITHHELD = "Commands are not shown: they hold what a terminal or a CI log would obey. See --format json."


def write_finding(sheet: Sheet, finding: Finding) -> None:
    """Write a failure with its mend, and one line for each failure that it explains."""
    result = finding.result
    sheet.blank()
    severity = (result["severity"].upper(), SEVERITY_STYLES[result["severity"]])
    known = " (known)" if is_known(result) else ""
    sheet.paragraph(Text.assemble(severity, "  ", _title(result), known), depth=1, hang=2)
    sheet.paragraph(Text(prose(result["message"])), depth=2)
    for derived in finding.follows:
        sheet.one_line(_derived_line(derived, new=is_known(result) and not is_known(derived)), depth=2)
    if result["caused_by"]:
        write_absent_causes(sheet, result["caused_by"])
    elif result["remediation"]:
        write_mend(sheet, result)


def write_waived(sheet: Sheet, waived: tuple[Json, ...]) -> None:
    """Write failures that somebody accepted, one line each, and who, until when and why."""
    if waived:
        sheet.blank()
    for result in waived:
        waiver = printable(result["waived_by"])
        line = Text.assemble(("waived", "dim"), f" by {waiver}: ", _title(result), f": {prose(result['message'])}")
        sheet.one_line(line, depth=1)
        if result.get("waiver"):
            sheet.paragraph(Text(f"accepted by {waiver_terms(result['waiver'])}"), depth=2, hang=2)


def write_resolved(sheet: Sheet, resolved: list[Json]) -> None:
    """Write failures of the baseline that are gone, one line each."""
    if resolved:
        sheet.blank()
    for failure in resolved:
        sheet.one_line(Text.assemble(("resolved", "green"), "  ", _title(failure)))


def _title(result: Json) -> Text:
    return Text.assemble((rule_label(result), "bold"), f", {subject_label(result['subject'])}")


def _derived_line(result: Json, *, new: bool) -> Text:
    # Without the rule's name: on 80 columns the message needs the room.
    label = f"{printable(result['rule'])}, {subject_label(result['subject'])}"
    return Text(f"so also{' new' if new else ''} {label}: {prose(result['message'])}")


def write_absent_causes(sheet: Sheet, causes: list[Json]) -> None:
    """Write which failures, that are not shown here, explain one."""
    named = (f"{printable(cause['rule'])} of {printable(cause['cluster'])}" for cause in causes)
    sheet.paragraph(Text(f"Follows from {', '.join(named)}: mend that first."), depth=2)


def write_mend(sheet: Sheet, result: Json) -> None:
    """Write how to mend a failure: words, and commands that can be copied as they are."""
    remediation = result["remediation"]
    for number, line in enumerate(mend_lines(result)):
        sheet.paragraph(Text.assemble(*([("Mend: ", "bold")] if number == 0 else []), line), depth=2)
    commands = remediation["commands"]
    if not all(copyable(command) for command in commands):
        sheet.paragraph(Text(WITHHELD), depth=2)
    elif commands:
        _write_commands(sheet, commands, printable(result["subject"]["cluster"]))


def mend_lines(result: Json) -> list[str]:
    """Return the mend's text, line by line where its line breaks can only be ours, else as one line.

    A name from Consul may hold line breaks and words that look like an instruction of this report.
    """
    text = result["remediation"]["text"]
    lines = [text] if hides_characters([result["subject"], result["evidence"]]) else text.splitlines()
    return [prose(line) for line in lines]


def _write_commands(sheet: Sheet, commands: list[str], cluster: str) -> None:
    sheet.paragraph(Text(f"Run, with consul speaking to {cluster}:"), depth=2)
    sheet.blank()
    for command in commands:
        sheet.verbatim(command)
