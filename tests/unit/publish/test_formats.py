"""Every format renders from a results document alone; JSON gives that document back."""

import json

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
