"""The JSON Schemas of every document that leaves a room, and the one function that checks against them."""

import json
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry

from scanner.model.document import Json

_SHARED = ("verdicts", "event", "results")
"""Those that others refer to."""


@cache
def schema(name: str) -> Json:
    """Return the schema called `name` (a file of this folder without its ending)."""
    loaded: Json = json.loads(resources.files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return loaded


@cache
def _validator(name: str) -> Draft202012Validator:
    registry: Registry[Any] = Registry().with_contents((schema(shared)["$id"], schema(shared)) for shared in _SHARED)
    return Draft202012Validator(schema(name), registry=registry)


@cache
def _quick(name: str) -> jsonschema_rs.Draft202012Validator:
    registry = jsonschema_rs.Registry([(schema(shared)["$id"], schema(shared)) for shared in _SHARED])
    return jsonschema_rs.Draft202012Validator(schema(name), registry=registry)


def _fits(document: Any, name: str) -> bool:
    """Tell whether a document surely fits: a hundred times faster than jsonschema, which decides where this doubts."""
    try:
        return _quick(name).is_valid(document)
    except ValueError:  # it cannot read what JSON cannot hold, such as half a surrogate pair in a key
        return False


def fault(document: Any, name: str) -> str | None:
    """Return what is wrong with a document, by the schema called `name`, as `path: reason`; None if nothing is.

    Of several faults the one that explains the most is told, as jsonschema ranks them.
    """
    if _fits(document, name):
        return None
    error = best_match(_validator(name).iter_errors(document))
    if error is None:
        return None
    return f"{error.json_path}: {_shortened(error.message)}"


def _shortened(message: str, limit: int = 300) -> str:
    return message if len(message) <= limit else f"{message[:limit]} …"
