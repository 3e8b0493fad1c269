"""Rules for programs: JSON of the list and of one rule."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from scanner.model.document import Json
from scanner.model.rule import Rule
from scanner.model.statements import Statement

SCHEMA_VERSION = 1

_LISTED = ("id", "name", "severity", "title", "document")


def render_list(rules: Sequence[Rule]) -> str:
    """Return {"schema_version", "rules": [{"id", "name", "severity", "title", "document"}]}."""
    listed = [{key: getattr(rule, key) for key in _LISTED} for rule in rules]
    return _text({"schema_version": SCHEMA_VERSION, "rules": listed})


def render_rule(rule: Rule, statements: Mapping[str, Statement]) -> str:
    """Return {"schema_version", "rule": every field, "statements": {id: {"revisions", "text"}}}."""
    named = [statements[wanted] for wanted in rule.document]
    said = {statement.id: {"revisions": statement.revisions, "text": statement.text} for statement in named}
    return _text({"schema_version": SCHEMA_VERSION, "rule": asdict(rule), "statements": said})


def _text(document: Json) -> str:
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"
