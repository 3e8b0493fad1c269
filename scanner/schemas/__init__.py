"""The JSON Schemas of every document that leaves a room, and the one function that checks against them."""

import json
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs

from scanner.model.document import Json

SHARED = ("verdicts", "event", "results")
"""Those that others refer to."""


@cache
def schema(name: str) -> Json:
    """Return the schema called `name` (a file of this folder without its ending)."""
    loaded: Json = json.loads(resources.files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return loaded


@cache
def _quick(name: str) -> jsonschema_rs.Draft202012Validator:
    registry = jsonschema_rs.Registry([(schema(shared)["$id"], schema(shared)) for shared in SHARED])
    return jsonschema_rs.Draft202012Validator(schema(name), registry=registry)


def fits(document: Any, name: str) -> bool:
    """Tell whether a document surely fits the schema called `name`.

    A hundred times faster than jsonschema, which decides where this doubts (see `faults`).
    """
    try:
        return _quick(name).is_valid(document)
    except ValueError:  # it cannot read what JSON cannot hold, such as half a surrogate pair in a key
        return False


def fault(document: Any, name: str) -> str | None:
    """Return what is wrong with a document, by the schema called `name`, as `path: reason`; None if nothing is.

    Of several faults the one that explains the most is told, as jsonschema ranks them.
    """
    if fits(document, name):
        return None
    # To load jsonschema takes a tenth of the time of an audit, in which all fits.
    from scanner.schemas.faults import best_fault  # noqa: PLC0415

    error = best_fault(document, name)
    if error is None:
        return None
    return f"{error.json_path}: {_shortened(error.message)}"


def _shortened(message: str, limit: int = 300) -> str:
    return message if len(message) <= limit else f"{message[:limit]} …"
