"""Requests that nobody would write, made from the OpenAPI document: each answer is one that the document tells of."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.generation import GenerationMode

from tests.unit.publish.api.asking import ADMIN, lived, read

EXAMPLES = 40
"""For each operation; the whole takes some seconds."""

SCHEMA = schemathesis.openapi.from_asgi("/api/v1/openapi.json", lived(), headers=ADMIN)


@pytest.fixture(scope="module", autouse=True)
def seen() -> Iterator[set[tuple[GenerationMode, int]]]:
    """How requests were meant, and what became of them: both good and bad ones have to be among them."""
    noted: set[tuple[GenerationMode, int]] = set()
    yield noted
    assert {(GenerationMode.POSITIVE, 200), (GenerationMode.NEGATIVE, 400)} <= noted


@SCHEMA.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_the_document_says(
    case: schemathesis.Case[Any], seen: set[tuple[GenerationMode, int]]
) -> None:
    assert case.meta is not None
    mode = case.meta.generation.mode
    if mode is GenerationMode.POSITIVE and "after" in case.query:
        # Opaque: no generator guesses one.
        case.query["after"] = read(f"{case.path}?limit=1")["next"]
    seen.add((mode, case.call_and_validate(headers=ADMIN).status_code))
