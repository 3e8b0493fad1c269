"""The first lines of a report: does it hold, what is wrong, how much could be judged, what the exit code means."""

from collections import Counter
from typing import Literal

from scanner.model.document import Json
from scanner.model.rule import SEVERITIES, at_least
from scanner.publish.causes import findings, is_open
from scanner.publish.waivers import is_known
from scanner.publish.wording import counted, listed, share

Word = Literal["FAIL", "INCOMPLETE", "PASS"]

EXIT_MEANINGS = {
    0: "nothing failed at or above --fail-on",
    1: "something failed at or above --fail-on",
    3: "a rule erred",
    4: "a cluster could not be read",
}
_WITHOUT_ERRORS = EXIT_MEANINGS | {3: "coverage is below --fail-coverage-below"}


def word(document: Json) -> Word:
    """Return the verdict on a results document in one word.

    It agrees with the exit code. PASS is said only where nothing is unknown; where the exit code tells of a rule or a
    cluster instead, failures of at least medium (the default of --fail-on) make it FAIL.
    """
    summary = document["summary"]
    code = summary["exit_code"]
    if code == 1 or (code and _fails_by_default(document)):
        return "FAIL"
    if code or summary["unknown"] or summary["error"] or summary["coverage"] is None:
        return "INCOMPLETE"
    return "PASS"


def _fails_by_default(document: Json) -> bool:
    counting = (result for result in document["results"] if is_open(result) and not is_known(result))
    return any(at_least(result["severity"], "medium") for result in counting)


def sentence(document: Json) -> str:
    """Return what stands behind the word: unreadable clusters, failures by severity, errors, what is unknown."""
    passed = [_passed(document)] if word(document) == "PASS" else []
    failed = [*_failures(document), *_compared(document)]
    parts = [*passed, *_unreadable(document), *failed, *_open_questions(document)]
    return ", ".join(parts) or "no rule applied to anything that was read"


def consequence(document: Json) -> str:
    """Return coverage and exit code with its meaning, `coverage 100%; exit code 0: ...`, and what was left out."""
    code = document["summary"]["exit_code"]
    meaning = (EXIT_MEANINGS if document["summary"]["error"] else _WITHOUT_ERRORS).get(code)
    told = f"exit code {code}: {meaning}" if meaning else f"exit code {code}"
    return f"coverage {share(document['summary']['coverage'])}; {told}{_narrowing(document)}"


def _narrowing(document: Json) -> str:
    """Return what the audit was narrowed to, so that nobody takes it for a whole one."""
    part = document.get("filter")
    if part is None:
        return ""
    told = [
        *([f"of {listed(part['rules'])}"] if part["rules"] else []),
        *([f"about {listed(part['clusters'])}"] if part["clusters"] else []),
        *([f"of severity {part['severity']} or worse"] if part["severity"] else []),
    ]
    return f". Not a whole audit: only results {' and '.join(told)} count."


def _passed(document: Json) -> str:
    return f"{counted(document['summary']['pass'], 'check', 'checks')} passed"


def _unreadable(document: Json) -> list[str]:
    names = sorted(name for name, cluster in document["clusters"].items() if cluster["status"] == "unreachable")
    return [f"{listed(names)} could not be read"] if names else []


def _failures(document: Json) -> list[str]:
    found = findings(document["results"])
    by_severity = Counter(finding.result["severity"] for finding in found if not is_known(finding.result))
    following = sum(not is_known(result) for finding in found for result in finding.follows)
    worst_first = [(severity, by_severity[severity]) for severity in SEVERITIES if by_severity[severity]]
    parts = [counted(number, f"{severity} failure", f"{severity} failures") for severity, number in worst_first]
    return [*parts, *([f"{following} more as a consequence"] if following else [])]


def _compared(document: Json) -> list[str]:
    if "baseline" not in document:
        return []
    known = sum(map(is_known, document["results"]))
    return [f"{known} known from the baseline", f"{len(document['baseline']['resolved'])} resolved"]


def _open_questions(document: Json) -> list[str]:
    summary = document["summary"]
    waived = sum(1 for result in document["results"] if result["status"] == "fail" and result["waived_by"])
    erred = [counted(summary["error"], "check erred", "checks erred")] if summary["error"] else []
    unknown = [f"{summary['unknown']} unknown"] if summary["unknown"] else []
    return [*erred, *unknown, *([f"{waived} waived"] if waived else [])]
