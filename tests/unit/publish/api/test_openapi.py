"""The OpenAPI document is valid, tells of every route and no other, and what is served is as it says."""

import json
import re
from collections.abc import Iterator

import schemathesis

from scanner.publish.api.endpoints import ENDPOINTS
from scanner.publish.api.openapi import openapi
from scanner.publish.api.routes import routes
from scanner.publish.api.scan_request import ScanRequests
from scanner.publish.api.source import Source
from scanner.publish.state import Board
from tests.outlets import remembered
from tests.unit.publish.api.asking import read

DOCUMENT = openapi()


def served() -> set[tuple[str, str]]:
    """Paths and methods of the routes; HEAD comes with GET."""
    made = routes(Source(Board(), (), remembered()), ScanRequests(lambda: None))
    return {(route.path, method.lower()) for route in made for method in route.methods or () if method != "HEAD"}


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        yield from ([part["$ref"]] if "$ref" in part else ())
        part = list(part.values())
    for one in part if isinstance(part, list) else ():
        yield from references(one)


def at(pointer: str) -> object:
    found: object = DOCUMENT
    for step in pointer.removeprefix("#/").split("/"):
        assert isinstance(found, dict)
        found = found[step]
    return found


def test_the_document_is_valid() -> None:
    schemathesis.openapi.from_dict(DOCUMENT).validate()
    assert DOCUMENT["openapi"] == "3.1.0"


def test_it_tells_of_every_route_and_no_other() -> None:
    told = {(path, method) for path, item in DOCUMENT["paths"].items() for method in item}
    assert len(told) == len(ENDPOINTS) + 2
    assert told == served()


def test_it_is_what_is_served() -> None:
    assert read("/api/v1/openapi.json") == DOCUMENT


def test_its_references_lead_somewhere() -> None:
    found = set(references(DOCUMENT))
    assert len(found) > 20
    assert all(isinstance(at(pointer), dict) for pointer in found)
    # An identifier of its own would make a schema's references start there.
    assert "$id" not in json.dumps(DOCUMENT)


def test_it_says_what_cannot_always_be_told() -> None:
    unready = {path for path, item in DOCUMENT["paths"].items() if "503" in item.get("get", {}).get("responses", {})}
    assert unready == {endpoint.path for endpoint in ENDPOINTS} - {"/api/v1/rules"}


def test_each_parameter_says_what_it_takes() -> None:
    told = [(one.pattern, one.schema) for endpoint in ENDPOINTS for one in endpoint.parameters]
    assert len(told) > 20
    for pattern, schema in told:
        takes = [str(word) for word in schema.get("enum", [schema.get("maximum", "x")])]
        assert all(re.fullmatch(pattern, word) for word in takes), pattern
        assert not re.fullmatch(pattern, "")
