"""Workflow commands of GitHub Actions: each line becomes an annotation of the run.

GitHub shows ten errors and ten warnings of a step, so the worst comes first, and one cause speaks once.
"""

from collections.abc import Iterator

from scanner.model.document import Json
from scanner.publish.causes import Finding, causes_named, findings
from scanner.publish.chapters import Chapter, chapters
from scanner.publish.failures import mend_lines
from scanner.publish.terminal import printable, prose
from scanner.publish.verdict import consequence, sentence, word
from scanner.publish.waivers import is_known, resolved, waiver_words
from scanner.publish.wording import counted, rule_label, subject_label

COMMANDS = {"critical": "error", "high": "error", "medium": "warning", "low": "notice", "info": "notice"}


def render(results: Json) -> str:
    """Return a results document (schema `results`) as workflow commands, the verdict first."""
    return "".join(f"{line}\n" for line in _lines(results))


def _lines(results: Json) -> Iterator[str]:
    told = chapters(results)
    yield _command("notice", f"consul-scan: {word(results)}", [sentence(results), consequence(results)])
    for finding in findings(results["results"]):
        yield _failure(finding)
    for chapter in told:
        yield from _questions(chapter)
    for chapter in told:
        for result in chapter.waived:
            yield _command("notice", _title(result), [f"{waiver_words(result)}: {result['message']}"])
    for failure in resolved(results):
        yield _command("notice", f"resolved: {_title(failure)}", ["the baseline had it, and it is gone"])


def _failure(finding: Finding) -> str:
    result = finding.result
    lines = [result["message"]]
    if finding.follows:
        lines += [f"so also {derived['rule']}, {subject_label(derived['subject'])}" for derived in finding.follows]
    if result["caused_by"]:
        lines += [f"Follows from {cause}." for cause in causes_named(result)]
    elif result["remediation"]:
        lines += ["Mend:", *mend_lines(result)]
    known = is_known(result)
    command = "notice" if known else COMMANDS[result["severity"]]
    return _command(command, f"{result['severity']}{' (known)' if known else ''}: {_title(result)}", lines)


def _questions(chapter: Chapter) -> Iterator[str]:
    command = "error" if chapter.status == "unreachable" else "warning"
    for blindness in chapter.blindness:
        yield _command(command, f"not read: {chapter.cluster}", [blindness.words()])
    for result in chapter.errors:
        yield _command("error", f"erred: {_title(result)}", [result["error"] or result["message"]])
    for unknown in chapter.unknown:
        title = f"unknown: {counted(len(unknown.results), 'check', 'checks')} of {chapter.cluster}"
        rules = sorted({result["rule"] for result in unknown.results})
        yield _command("warning", title, [f"To settle: {unknown.needed}", ", ".join(rules)])


def _title(result: Json) -> str:
    return f"{rule_label(result)} ({subject_label(result['subject'])})"


def _command(name: str, title: str, lines: list[str]) -> str:
    message = "\n".join(prose(line) for line in lines)
    return f"::{name} title={_property(printable(title, 200))}::{_data(message)}"


def _data(text: str) -> str:
    # The order and the characters are those of GitHub's own toolkit (escapeData).
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
