"""A result as SARIF tells it: what is wrong or unknown, where, and by what it is known again."""

from collections.abc import Callable
from urllib.parse import quote

from scanner.model.document import Json
from scanner.publish.causes import causes_named
from scanner.publish.failures import mend_lines
from scanner.publish.sarif_rules import LEVELS
from scanner.publish.sarif_text import sarif_text
from scanner.publish.terminal import copyable, printable
from scanner.publish.waivers import is_waived, waiver_words
from scanner.publish.wording import subject_label

Fingerprint = Callable[[Json], str]
"""Tells by what a finding is the same one in two scans; `scanner.findings` is beside this room, so it is passed in."""


def sarif_result(result: Json, rule_index: int, fingerprint: Fingerprint) -> Json:
    """Return a failed or unknown result; `rule_index` is the place of its rule in the run."""
    failed = result["status"] == "fail"
    known = {"known": "unchanged", "new": "new"}.get(result.get("baseline") or "")
    return {
        **({"baselineState": known} if known else {}),
        "ruleId": sarif_text(result["rule"]),
        "ruleIndex": rule_index,
        # A level is for failures alone (3.27.10); open is a question that what was seen cannot settle (3.27.9).
        "kind": "fail" if failed else "open",
        "level": LEVELS[result["severity"]] if failed else "none",
        "message": {"text": "\n".join(sarif_text(line) for line in _lines(result))},
        "locations": [_location(result["subject"])],
        "partialFingerprints": _fingerprints(fingerprint(result)),
        "suppressions": [_suppression(result)] if is_waived(result) else [],
        "properties": {"severity": result["severity"], "commands": _commands(result)},
    }


def _lines(result: Json) -> list[str]:
    label = subject_label(result["subject"])
    if result["status"] == "unknown":
        told = [f"Unknown, {label}: {result['message']}"] if result["message"] else [f"Unknown, {label}"]
        return [*told, f"To settle: {result['needed']}"] if result["needed"] else told
    told = [f"{label}: {result['message']}"]
    if causes := causes_named(result):
        return [*told, f"Follows from {', '.join(causes)}: mend that first."]
    return [*told, "Mend:", *mend_lines(result)] if result["remediation"] else told


def _commands(result: Json) -> list[str]:
    commands: list[str] = result["remediation"]["commands"] if result["remediation"] else []
    return commands if all(map(copyable, commands)) else []


def _location(subject: Json) -> Json:
    place = [subject["cluster"], subject["kind"], subject["partition"], subject["namespace"]]
    parts = [part for part in (*place, subject["name"] or subject["id"]) if part]
    return {
        # Consul has no files, and viewers want one: a name that leads nowhere and is the same in each scan.
        "physicalLocation": {
            "artifactLocation": {"uri": "/".join(["consul", *map(_segment, parts)])},
            "region": {"startLine": 1},
        },
        "logicalLocations": [
            {
                "name": printable(subject["name"] or subject["id"]),
                "fullyQualifiedName": "/".join(map(printable, parts)),
                "kind": subject["kind"],
            }
        ],
    }


def _segment(name: str) -> str:
    # A segment of dots alone would lead upwards.
    spelled = printable(name)
    return quote(spelled.replace(".", "_") if not spelled.strip(".") else spelled, safe="")


def _fingerprints(value: str) -> Json:
    # The second name is the only one that GitHub reads; without it, it would look for a source file.
    return {"consulScan/v1": value, "primaryLocationLineHash": value}


def _suppression(result: Json) -> Json:
    return {"kind": "external", "status": "accepted", "justification": sarif_text(waiver_words(result))}
