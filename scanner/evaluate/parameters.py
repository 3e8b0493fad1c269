"""Parameters of rules: each has a type, which its default and whatever an operator writes must be of."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from scanner.errors import ConfigError
from scanner.model.rule import Rule

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


def check_parameters(rule: Rule, values: Mapping[str, Any]) -> None:
    """Refuse values that a rule has no parameters for, or that are of another type.

    Raises:
        ConfigError: naming the nearest parameter that does exist, or the type that it should have.
    """
    parameters = {parameter.name: parameter for parameter in rule.parameters}
    for name, value in values.items():
        if name not in parameters:
            raise ConfigError(f"Rule {rule.id} has no parameter {name}", nearest(name, list(parameters)))
        wanted = parameters[name].type
        if not of_type(value, wanted):
            raise ConfigError(f"Parameter {name} of rule {rule.id} is {value!r}", f"It has to be of type {wanted}.")


def of_type(value: Any, wanted: str) -> bool:
    """Tell whether a JSON value is of a type of JSON Schema; true and false are no numbers."""
    return isinstance(value, _TYPES[wanted]) and (wanted == "boolean" or not isinstance(value, bool))


def nearest(wrong: str, right: list[str]) -> str:
    """Return which of the right names was meant, as a sentence; all of them where none is near."""
    near = get_close_matches(wrong, right, n=1, cutoff=0.5)
    return f"Did you mean {near[0]}?" if near else f"There are: {', '.join(right) or 'none'}."
