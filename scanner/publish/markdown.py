"""The report as Markdown, for a comment on a pull request, the summary of a CI job, or a wiki."""

from collections.abc import Iterator

from scanner.model.document import Json
from scanner.publish.causes import findings
from scanner.publish.chapters import NOWHERE, Chapter, chapters
from scanner.publish.markdown_findings import finding_parts, named
from scanner.publish.markdown_text import cell, code
from scanner.publish.verdict import consequence, sentence, word
from scanner.publish.waivers import resolved, waiver_words
from scanner.publish.wording import share

COUNTED = {
    "fail": "failed",
    "error": "erred",
    "unknown": "unknown",
    "pass": "passed",
    "not_applicable": "not applicable",
}


def render(results: Json) -> str:
    """Return a results document (schema `results`) as Markdown, with tables as GitHub and GitLab have them."""
    return "\n\n".join(_parts(results)) + "\n"


def _parts(results: Json) -> Iterator[str]:
    told = chapters(results)
    yield f"# consul-scan: {word(results)}"
    yield code(sentence(results))
    yield code(consequence(results))
    yield _table(told)
    found = findings(results["results"])
    yield from ["## What is wrong"] if found else []
    for finding in found:
        yield from finding_parts(finding)
    yield from _section("## What is not known", [line for chapter in told for line in _questions(chapter)])
    yield from _section("## What was waived", [_waived(result) for chapter in told for result in chapter.waived])
    yield from _section("## What was resolved since the baseline", [f"- {named(gone)}" for gone in resolved(results)])
    yield _origin(results)


def _table(told: tuple[Chapter, ...]) -> str:
    head = ["cluster", "read", "coverage", *COUNTED.values(), "waived"]
    rows = ["| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *map(_row, told)]]
    return "\n".join(rows)


def _row(chapter: Chapter) -> list[str]:
    # A waived failure is counted in its own column alone.
    failed = chapter.counts["fail"] - len(chapter.waived)
    numbers = [failed, *(chapter.counts[status] for status in list(COUNTED)[1:]), len(chapter.waived)]
    return [cell(chapter.cluster or NOWHERE), chapter.status, share(chapter.coverage), *map(str, numbers)]


def _section(heading: str, lines: list[str]) -> list[str]:
    return [heading, "\n".join(lines)] if lines else []


def _questions(chapter: Chapter) -> Iterator[str]:
    for blindness in chapter.blindness:
        yield f"- **not read** {code(chapter.cluster)} {code(blindness.words())}"
    for result in chapter.errors:
        yield f"- **erred** {named(result)}: {code(result['error'] or result['message'])}"
    for unknown in chapter.unknown:
        checks = "; ".join(named(result) for result in unknown.results)
        yield f"- **unknown** {checks}. To settle: {code(unknown.needed)}"


def _waived(result: Json) -> str:
    return f"- **{result['severity']}** {named(result)}: {code(result['message'])}, {code(waiver_words(result))}"


def _origin(results: Json) -> str:
    scan = results["scan"]
    engine = f"{scan['engine']['name']} {scan['engine']['version']}"
    return f"Scan {code(scan['id'])}, {code(scan['finished_at'])}, engine {code(engine)}."
