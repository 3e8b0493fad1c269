"""Whatever a cluster calls its things: no format breaks, nothing in it is obeyed, nothing of it is lost.

What a format makes of a harmless name is the measure: a hostile one must give the same lines, elements and blocks.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from scanner.publish.formats import RENDERERS
from scanner.schemas import fault
from tests.unit.publish.hostility import HOSTILE, poisoned
from tests.unit.publish.reports import junit_fault, markdown_tokens, rendered, sarif_run, strings

EVERY_NAME = pytest.mark.parametrize("name", HOSTILE)
HARMLESS = poisoned("harmless")
OBEYED = re.compile(r"^\s*::[a-z-]+( .*?)?::", re.IGNORECASE)
"""As GitHub's runner finds a command."""


@EVERY_NAME
def test_they_are_results_documents(name: str) -> None:
    assert fault(poisoned(HOSTILE[name]), "results") is None


@EVERY_NAME
@pytest.mark.parametrize("report", sorted({*RENDERERS} - {"github"}))
def test_no_line_of_a_log_is_obeyed(report: str, name: str) -> None:
    lines = rendered(report, poisoned(HOSTILE[name])).splitlines()
    assert [line for line in lines if OBEYED.match(line) or re.search(r"##\w*\[", line)] == []


@EVERY_NAME
@pytest.mark.parametrize("report", RENDERERS)
def test_every_character_can_be_seen(report: str, name: str) -> None:
    text = rendered(report, poisoned(HOSTILE[name]))
    assert {character for character in text if not character.isprintable()} == {"\n"}


@EVERY_NAME
@pytest.mark.parametrize("report", sorted({*RENDERERS} - {"json"}))
def test_a_huge_name_does_not_make_a_huge_report(report: str, name: str) -> None:
    assert len(rendered(report, poisoned(HOSTILE[name]))) < 200_000


@EVERY_NAME
def test_json_gives_it_back(name: str) -> None:
    assert json.loads(rendered("json", poisoned(HOSTILE[name]))) == poisoned(HOSTILE[name])


@EVERY_NAME
def test_sarif_tells_all_of_it_as_text(name: str) -> None:
    run = sarif_run(poisoned(HOSTILE[name]))
    assert _shape(run) == _shape(sarif_run(HARMLESS))
    assert all(character.isprintable() or character == "\n" for text in strings(run) for character in text)
    for message in _messages(run):
        assert "](" not in message or message.startswith("**")
        assert re.search(r"\{", message.replace("{{", "")) is None
        assert re.search(r"\}", message.replace("}}", "")) is None


@EVERY_NAME
def test_sarif_places_are_names_that_lead_nowhere(name: str) -> None:
    for found in sarif_run(poisoned(HOSTILE[name]))["results"]:
        uri = found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"consul(/([A-Za-z0-9._~-]|%[0-9A-F]{2})+)+", uri)
        assert not {"", ".", ".."} & set(uri.split("/"))


@EVERY_NAME
def test_junit_has_a_case_for_each_result(name: str) -> None:
    text = rendered("junit", poisoned(HOSTILE[name]))
    assert junit_fault(text) is None
    assert _elements(text) == _elements(rendered("junit", HARMLESS))


@EVERY_NAME
def test_markdown_has_no_block_that_is_not_ours(name: str) -> None:
    assert _outline(poisoned(HOSTILE[name])) == _outline(HARMLESS)


@EVERY_NAME
def test_github_gets_one_whole_command_a_line(name: str) -> None:
    lines = rendered("github", poisoned(HOSTILE[name])).split("\n")
    assert len(lines) == len(rendered("github", HARMLESS).split("\n"))
    for line in lines[:-1]:
        command = re.fullmatch(r"::(error|warning|notice) title=([^:,\r\n]+)::([^\r\n]*)", line)
        assert command
        assert set(re.findall("%.{0,2}", line)) <= {"%25", "%0A", "%3A", "%2C"}


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items() if key != "summary"}
    return [_shape(item) for item in value] if isinstance(value, list) else type(value)


def _messages(value: Any) -> Iterator[str]:
    """Return all text for people; that of rules in Markdown, which begins with a heading, has names in code alone."""
    if isinstance(value, dict):
        yield from (text for key, text in value.items() if key in {"text", "markdown"})
        for item in value.values():
            yield from _messages(item)
    elif isinstance(value, list):
        for item in value:
            yield from _messages(item)


def _elements(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(element.tag, tuple(element.keys())) for element in ET.fromstring(text).iter()]


def _outline(results: Any) -> list[tuple[str, str]]:
    """Return the blocks of a Markdown report; what stands in code is left out, all other words are in."""
    tokens = markdown_tokens(rendered("markdown", results))
    return [
        (token.type, token.content if token.type in {"text", "html_inline", "html_block"} else "") for token in tokens
    ]
