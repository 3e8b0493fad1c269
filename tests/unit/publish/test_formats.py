"""Every format renders from a results document alone; JSON gives that document back."""

import json
from typing import Any

import pytest

from scanner.findings.fingerprint import fingerprint
from scanner.publish.formats import RENDERERS
from tests.unit.publish.samples import SAMPLES, healthy, hostile


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_ends_with_a_line_break_and_is_the_same_each_time(name: str, sample: str) -> None:
    first, second = (
        RENDERERS[name](SAMPLES[sample](), width=80, colour=False, fingerprint=fingerprint) for _ in range(2)
    )
    assert first.endswith("\n")
    assert first == second


def test_json_gives_the_document_back_in_ascii() -> None:
    report = RENDERERS["json"](hostile(), width=80, colour=True, fingerprint=fingerprint)
    assert json.loads(report) == hostile()
    assert report.isascii()
    assert "\x1b" not in report


def test_json_does_not_depend_on_the_order_of_keys() -> None:
    turned = dict(reversed(healthy().items()))
    assert RENDERERS["json"](turned, width=80, colour=False, fingerprint=fingerprint) == RENDERERS["json"](
        healthy(), width=80, colour=False, fingerprint=fingerprint
    )


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_stored_results_give_the_same_bytes(name: str, sample: str) -> None:
    given = SAMPLES[sample]()
    stored = json.loads(RENDERERS["json"](given, width=80, colour=False, fingerprint=fingerprint))
    told = [
        RENDERERS[name](results, width=80, colour=False, fingerprint=fingerprint)
        for results in (given, stored, turned_round(given))
    ]
    assert told[0] == told[1] == told[2]


def turned_round(value: Any) -> Any:
    """Return the same JSON with its keys in the opposite order."""
    if isinstance(value, dict):
        return {key: turned_round(item) for key, item in reversed(value.items())}
    return [turned_round(item) for item in value] if isinstance(value, list) else value


def test_json_holds_nothing_that_the_log_of_a_job_obeys() -> None:
    results = healthy()
    results["results"][0]["message"] = "##[error]x \\##[y] ###[z]"
    report = RENDERERS["json"](results, width=80, colour=False, fingerprint=fingerprint)
    assert "##" not in report
    assert json.loads(report) == results
