"""The JSON Schemas of every document that leaves a room, and the one function that checks against them."""

import json
from functools import cache
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource

from scanner.model.document import Json


@cache
def schema(name: str) -> Json:
    """Return the schema called `name` (a file of this folder without its ending)."""
    loaded: Json = json.loads(resources.files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return loaded


@cache
def _validator(name: str) -> Draft202012Validator:
    shared = [Resource[Any].from_contents(schema(shared)) for shared in ("verdicts", "event")]
    registry: Registry[Any] = Registry().with_resources((resource.id() or "", resource) for resource in shared)
    return Draft202012Validator(schema(name), registry=registry)


def fault(document: Any, name: str) -> str | None:
    """Return what is wrong with a document, by the schema called `name`, as `path: reason`; None if nothing is.

    Of several faults the one that explains the most is told, as jsonschema ranks them.
    """
    error = best_match(_validator(name).iter_errors(document))
    if error is None:
        return None
    return f"{error.json_path}: {_shortened(error.message)}"


def _shortened(message: str, limit: int = 300) -> str:
    return message if len(message) <= limit else f"{message[:limit]} …"
