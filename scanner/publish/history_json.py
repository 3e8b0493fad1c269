"""Findings over time for programs: JSON of the list and of one with its transitions."""

import json
from collections.abc import Sequence

from scanner.model.document import Json
from scanner.model.finding import Finding, Transition

SCHEMA_VERSION = 1


def render_list(findings: Sequence[Finding]) -> str:
    """Return {"schema_version", "findings": [every field of each]}; times are ISO 8601 in UTC."""
    return _text({"schema_version": SCHEMA_VERSION, "findings": [finding.document() for finding in findings]})


def render_finding(finding: Finding, transitions: Sequence[Transition]) -> str:
    """Return {"schema_version", "finding", "transitions": [{"event", "at", "message", "scan"}]}, the oldest first."""
    told = [transition.document() for transition in transitions]
    return _text({"schema_version": SCHEMA_VERSION, "finding": finding.document(), "transitions": told})


def _text(document: Json) -> str:
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"
