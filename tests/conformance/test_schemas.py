"""The quick check of documents lets nothing through that jsonschema refuses."""

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner.schemas import fits
from scanner.schemas.faults import best_fault
from tests.conformance.spoiled import spoiled
from tests.policies.cases import base_snapshot

SPOILED = 400
DOCS = Path(__file__).parents[2] / "docs"
WRITTEN = {"config": "configuration.md", "web": "web.md", "waivers": "waivers.md"}
"""What operators write, and the page whose first example shows it whole."""

# Where Python and Rust might part: what is blank, and what no terminal shows.
DOUBTFUL = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in {"Zs", "Zl", "Zp", "Cc", "Cf"}]


def example(page: str) -> Any:
    """Return the first document of a page; dates of waivers are text, as the scanner reads them."""
    shown = re.search(r"^```yaml\n(.*?)^```", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)
    assert shown
    return yaml.load(shown[1], yaml.BaseLoader) if page == "waivers.md" else yaml.safe_load(shown[1])


@pytest.mark.parametrize("recorded", ["healthy-pair", "broken-pair"])
def test_on_spoiled_snapshots(recorded: str) -> None:
    documents = [spoiled(base_snapshot(recorded), seed) for seed in range(SPOILED)]
    quick = [fits(document, "snapshot") for document in documents]

    assert quick == [best_fault(document, "snapshot") is None for document in documents]
    assert SPOILED // 10 < sum(quick) < SPOILED - SPOILED // 10


@pytest.mark.parametrize(("name", "page"), WRITTEN.items())
def test_on_spoiled_files_of_operators(name: str, page: str) -> None:
    whole = example(page)
    wrong = [[spoiled(whole[0], at)] if name == "waivers" else spoiled(whole, at) for at in range(SPOILED)]
    documents = [whole, *wrong]
    quick = [fits(document, name) for document in documents]

    assert quick[0]
    assert quick == [best_fault(document, name) is None for document in documents]
    assert SPOILED // 20 < sum(quick) < SPOILED - SPOILED // 20


def with_text(text: str) -> list[tuple[str, Any]]:
    """Return a document for each place that has a pattern, with a text there and all else in order."""
    clusters = {"dc1": {"address": "http://a"}}
    (waiver,) = example("waivers.md")
    return [
        ("config", {"clusters": {"dc1": {"address": "http://a", "token_env": text}}}),
        ("config", {"clusters": {text: {"address": "http://a"}}}),
        ("config", {"clusters": clusters, "store": {"path": "a", "retention": text}}),
        ("config", {"clusters": clusters, "webhooks": [{"name": "a", "url": text}]}),
        ("config", {"clusters": clusters, "webhooks": [{"name": "a", "url": "http://a", "proxy": text}]}),
        ("config", {"clusters": clusters, "engine": {"opa_url": text}}),
        ("waivers", [waiver | {"reason": text}]),
        ("waivers", [waiver | {"expires": text}]),
    ]


@pytest.mark.parametrize("around", ["{}", "http://{}", "https://a{}b", "a{}", "{}d", "90{}"])
def test_on_every_blank_there_is(around: str) -> None:
    texts = [around.format(blank) for blank in DOUBTFUL]
    written = [(name, document) for text in texts for name, document in with_text(text)]
    passed = [(name, document) for name, document in written if fits(document, name)]
    assert [document for name, document in passed if best_fault(document, name)] == []


@pytest.mark.parametrize(
    ("place", "good"), list(enumerate(["A", "a", "90d", "http://a", "http://a", "http://a", "text", "2027-01-31"]))
)
def test_each_place_of_a_blank_is_one_that_counts(place: int, good: str) -> None:
    (name, document), (_, blank) = with_text(good)[place], with_text(" ")[place]
    assert fits(document, name)
    assert not fits(blank, name)


@pytest.mark.parametrize(
    "wrong", [{"\ud800": 1}, {"schema_version": "\ud800"}, {1: 2}, [], None, float("nan"), 10**400]
)
def test_what_json_cannot_hold_or_is_no_object(wrong: object) -> None:
    assert not fits(wrong, "snapshot")
