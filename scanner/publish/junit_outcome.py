"""What a JUnit case says of a result that is no pass."""

from dataclasses import dataclass
from typing import Literal

from scanner.model.document import Json
from scanner.publish.causes import causes_named
from scanner.publish.chapters import Chapter
from scanner.publish.failures import mend_lines
from scanner.publish.terminal import copyable, prose
from scanner.publish.waivers import is_known, is_waived, waiver_words


@dataclass(frozen=True)
class Outcome:
    """The element below a case: its kind, one line, and more lines for who opens it. All of it is printable."""

    kind: Literal["failure", "error", "skipped"]
    type: str
    message: str
    text: str = ""


def outcome(result: Json) -> Outcome | None:
    """Return what a result comes to; None for a pass."""
    if result["status"] == "fail":
        return _failed(result)
    if result["status"] == "error":
        return Outcome("error", "error", prose(result["error"] or result["message"]))
    if result["status"] == "unknown":
        return Outcome("skipped", "unknown", prose(_unknown(result)))
    if result["status"] == "not_applicable":
        return Outcome("skipped", "not_applicable", prose(f"not applicable: {result['message']}"))
    return None


def _failed(result: Json) -> Outcome:
    if is_waived(result):
        return Outcome("skipped", "waived", prose(f"{waiver_words(result)}: {result['message']}"))
    if is_known(result):
        return Outcome("skipped", "known", prose(f"known from the baseline: {result['message']}"))
    return Outcome("failure", result["severity"], prose(result["message"]), "\n".join(_mend(result)))


def reading_outcome(chapter: Chapter) -> Outcome | None:
    """Return how a cluster was read: an error where it gave no answer, skipped where a part is missing."""
    if not chapter.blindness:
        return None
    lines = [prose(blindness.words()) for blindness in chapter.blindness]
    kind: Literal["error", "skipped"] = "error" if chapter.status == "unreachable" else "skipped"
    return Outcome(kind, chapter.status, lines[0], "\n".join(lines))


def _unknown(result: Json) -> str:
    needed = f" To settle: {result['needed']}" if result["needed"] else ""
    return f"unknown: {result['message']}{needed}"


def _mend(result: Json) -> list[str]:
    if result["caused_by"]:
        return [prose(f"Follows from {cause}.") for cause in causes_named(result)]
    if not result["remediation"]:
        return []
    commands = result["remediation"]["commands"]
    return [*mend_lines(result), *(commands if all(map(copyable, commands)) else [])]
