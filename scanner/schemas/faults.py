"""What jsonschema says of a document that does not fit its schema."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry

from scanner.schemas import SHARED, schema


@cache
def _validator(name: str) -> Draft202012Validator:
    registry: Registry[Any] = Registry().with_contents((schema(shared)["$id"], schema(shared)) for shared in SHARED)
    return Draft202012Validator(schema(name), registry=registry)


def faults(document: Any, name: str) -> Iterator[ValidationError]:
    """Yield every fault of a document, by the schema called `name`."""
    yield from _validator(name).iter_errors(document)


def best_fault(document: Any, name: str) -> ValidationError | None:
    """Return the fault that explains the most, None if there is none."""
    best: ValidationError | None = best_match(faults(document, name))
    return best
