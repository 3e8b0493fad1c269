"""A rule as SARIF tells it: title, level, and a help text in Markdown."""

from typing import Literal

from scanner.model.document import Json
from scanner.model.statements import STATEMENTS
from scanner.publish.markdown_text import code_paragraph
from scanner.publish.sarif_text import sarif_paragraph, sarif_text

Level = Literal["error", "warning", "note"]

LEVELS: dict[str, Level] = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
# GitHub: critical above 9.0, high from 7.0, medium from 4.0, low above 0.
SECURITY_SEVERITIES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0", "info": "1.0"}
UNTOLD = {"title": "", "description": "", "in_consul": ""}


def sarif_rule(result: Json, rules: Json) -> Json:
    """Return the rule of a result; `rules` are what the results document tells of them, by id."""
    told = rules.get(result["rule"], UNTOLD)
    title = sarif_text(told["title"] or result["name"])
    return {
        "id": sarif_text(result["rule"]),
        "name": sarif_text(result["name"]),
        "shortDescription": {"text": title},
        "fullDescription": {"text": sarif_paragraph(told["description"]) or title},
        "help": {"text": _help(result, told), "markdown": _help_markdown(result, told)},
        "defaultConfiguration": {"level": LEVELS[result["severity"]]},
        "properties": {
            "security-severity": SECURITY_SEVERITIES[result["severity"]],
            "severity": result["severity"],
            "tags": ["security", "consul", *(sarif_text(statement) for statement in result["document"])],
        },
    }


def _help(result: Json, told: Json) -> str:
    return "\n".join(sarif_paragraph(f"{heading}: {text}") for heading, text in _paragraphs(result, told))


def _help_markdown(result: Json, told: Json) -> str:
    paragraphs = (f"**{heading}** {_code(text)}" for heading, text in _paragraphs(result, told))
    return "\n\n".join(paragraphs)


def _paragraphs(result: Json, told: Json) -> list[tuple[str, str]]:
    statements = [
        (f"The document, {statement}", STATEMENTS[statement].text)
        for statement in result["document"]
        if statement in STATEMENTS
    ]
    paragraphs = [
        *statements,
        ("How it is judged", told["description"]),
        ("What Consul really does", told["in_consul"]),
        ("More", f"consul-scan rules show {result['rule']}"),
    ]
    return [(heading, text) for heading, text in paragraphs if text]


def _code(text: str) -> str:
    return code_paragraph(text).replace("{", "{{").replace("}", "}}")
