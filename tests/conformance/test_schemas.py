"""The quick check of documents lets nothing through that jsonschema refuses."""

import pytest

from scanner.schemas import _fits, _validator
from tests.conformance.spoiled import spoiled
from tests.policies.cases import base_snapshot

SPOILED = 400


@pytest.mark.parametrize("recorded", ["healthy-pair", "broken-pair"])
def test_on_spoiled_snapshots(recorded: str) -> None:
    documents = [spoiled(base_snapshot(recorded), seed) for seed in range(SPOILED)]
    quick = [_fits(document, "snapshot") for document in documents]

    assert quick == [_validator("snapshot").is_valid(document) for document in documents]
    assert SPOILED // 10 < sum(quick) < SPOILED - SPOILED // 10


@pytest.mark.parametrize(
    "wrong", [{"\ud800": 1}, {"schema_version": "\ud800"}, {1: 2}, [], None, float("nan"), 10**400]
)
def test_what_json_cannot_hold_or_is_no_object(wrong: object) -> None:
    assert not _fits(wrong, "snapshot")
