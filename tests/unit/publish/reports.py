"""Reports as programs read them: SARIF and JUnit checked by their schemas, Markdown by a CommonMark library."""

import json
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from jsonschema import Draft4Validator
from jsonschema.exceptions import best_match
from markdown_it import MarkdownIt
from markdown_it.token import Token
from xmlschema import XMLSchema

from scanner.findings.fingerprint import fingerprint
from scanner.model.document import Json
from scanner.publish.formats import RENDERERS

SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"


def rendered(name: str, results: Json) -> str:
    """Return a report without colour, 100 columns wide."""
    return RENDERERS[name](results, width=100, colour=False, fingerprint=fingerprint)


@cache
def _sarif_schema() -> Draft4Validator:
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text())
    return Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)


@cache
def _junit_schema() -> XMLSchema:
    return XMLSchema(str(SCHEMAS / "junit-10.xsd"))


def sarif_fault(text: str) -> str | None:
    """Return what SARIF's schema has against a report."""
    error = best_match(_sarif_schema().iter_errors(json.loads(text)))
    return f"{error.json_path}: {error.message}" if error else None


def sarif_run(results: Json) -> Json:
    """Return the one run of a SARIF report that its schema takes."""
    text = rendered("sarif", results)
    assert sarif_fault(text) is None
    runs: list[Json] = json.loads(text)["runs"]
    assert len(runs) == 1
    return runs[0]


def junit_fault(text: str) -> str | None:
    """Return what JUnit's schema has against a report."""
    errors = list(_junit_schema().iter_errors(ET.fromstring(text)))
    return str(errors[0].reason) if errors else None


def junit_suites(results: Json) -> dict[str, ET.Element]:
    """Return the suites by name of a JUnit report that its schema takes."""
    text = rendered("junit", results)
    assert junit_fault(text) is None
    return {suite.get("name", ""): suite for suite in ET.fromstring(text)}


def markdown_tokens(text: str) -> list[Token]:
    """Return all tokens of a Markdown text, inline ones too, as GitHub's dialect has them."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    return [inner for token in tokens for inner in (token, *(token.children or []))]


def strings(value: Any) -> list[str]:
    """Return every string inside a JSON value, keys too."""
    if isinstance(value, dict):
        return [text for pair in value.items() for item in pair for text in strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []
