"""The schemas of the tree as components of an OpenAPI document, where one refers to another by its place."""

from typing import Any

from scanner.model.document import Json
from scanner.schemas import schema

SCHEMAS = (
    *("findings", "results_page", "history", "rules", "snapshot", "scan_request", "problem"),
    # What those refer to.
    *("results", "event", "verdicts"),
)


def components() -> Json:
    """Return the schemas by name."""
    return {name: _placed(schema(name), name) for name in SCHEMAS}


def reference(name: str) -> Json:
    """Return a schema that is the one of that name."""
    return {"$ref": f"#/components/schemas/{name}"}


def _placed(part: Any, name: str) -> Any:
    """Return a schema with its references leading to where it and the others stand in this document."""
    if isinstance(part, list):
        return [_placed(one, name) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        key: _led(value, name) if key == "$ref" else _placed(value, name)
        for key, value in part.items()
        if key not in {"$schema", "$id"}
    }


def _led(reference: str, name: str) -> str:
    document, _, pointer = reference.partition("#")
    other = document.removeprefix("urn:consul-scan:").removesuffix(":1") if document else name
    return f"#/components/schemas/{other}{pointer}"
