"""SARIF 2.1.0, for GitHub's code scanning and other viewers: one run, its rules, and what is wrong or unknown.

What passed is not listed, as viewers that know no `kind` would show it as a finding.
"""

from scanner import __version__
from scanner.model.document import Json
from scanner.publish import json_report
from scanner.publish.chapters import Chapter, chapters
from scanner.publish.sarif_results import Fingerprint, sarif_result
from scanner.publish.sarif_rules import sarif_rule
from scanner.publish.sarif_text import sarif_text
from scanner.publish.terminal import printable
from scanner.publish.verdict import consequence
from scanner.publish.wording import subject_label

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
TOLD = ("fail", "unknown")


def render(results: Json, fingerprint: Fingerprint) -> str:
    """Return a results document (schema `results`) as SARIF; `fingerprint` tells the same finding of two scans."""
    return json_report.render({"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(results, fingerprint)]})


def _run(results: Json, fingerprint: Fingerprint) -> Json:
    by_id = {result["rule"]: result for result in results["results"]}
    rule_ids = sorted(by_id)
    return {
        "tool": {
            "driver": {
                "name": "consul-scan",
                "semanticVersion": __version__,
                "rules": [sarif_rule(by_id[rule_id], results.get("rules", {})) for rule_id in rule_ids],
            }
        },
        "automationDetails": {"id": f"consul-scan/{printable(results['scan']['id'])}"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(results, rule_ids)],
        "properties": {"summary": results["summary"], "hashes": results["scan"]["hashes"]},
        "results": [
            sarif_result(result, rule_ids.index(result["rule"]), fingerprint)
            for result in results["results"]
            if result["status"] in TOLD
        ],
    }


def _invocation(results: Json, rule_ids: list[str]) -> Json:
    exit_code = results["summary"]["exit_code"]
    return {
        "executionSuccessful": exit_code in {0, 1},
        "exitCode": exit_code,
        "exitCodeDescription": consequence(results),
        "startTimeUtc": _utc(results["scan"]["started_at"]),
        "endTimeUtc": _utc(results["scan"]["finished_at"]),
        "toolExecutionNotifications": [
            *(notification for chapter in chapters(results) for notification in _unread(chapter)),
            *(_erred(result, rule_ids) for result in results["results"] if result["status"] == "error"),
        ],
    }


def _utc(time: str) -> str:
    return printable(time).replace("+00:00", "Z")


def _unread(chapter: Chapter) -> list[Json]:
    level = "error" if chapter.status == "unreachable" else "warning"
    told = (f"{chapter.cluster}: {blindness.words()}" for blindness in chapter.blindness)
    return [{"level": level, "message": {"text": sarif_text(text)}} for text in told]


def _erred(result: Json, rule_ids: list[str]) -> Json:
    told = f"{subject_label(result['subject'])}: {result['error'] or result['message']}"
    return {
        "level": "error",
        "message": {"text": sarif_text(told)},
        "associatedRule": {"id": sarif_text(result["rule"]), "index": rule_ids.index(result["rule"])},
    }
