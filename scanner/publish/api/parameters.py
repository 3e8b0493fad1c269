"""The parameters of a query: what each may be, and what a request gave. OpenAPI tells the same of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from scanner.model.document import Json
from scanner.publish.terminal import printable

BAD_REQUEST = 400
LONGEST_TEXT = 512

Query = Mapping[str, Sequence[str]]
"""The values of each parameter by its name; none where it was not given."""


@dataclass(frozen=True)
class Parameter:
    """One parameter: its meaning, what one value looks like, and whether several may be given (any of them counts).

    `schema` is the same as `pattern` in the words of JSON Schema, and `takes` in words for people.
    """

    name: str
    meaning: str
    schema: Json
    pattern: str
    takes: str
    several: bool = True


def one_of(name: str, meaning: str, words: Sequence[str]) -> Parameter:
    """Return a parameter that takes one of some words."""
    return Parameter(name, meaning, {"type": "string", "enum": list(words)}, "|".join(words), ", ".join(words))


def text(name: str, meaning: str) -> Parameter:
    """Return a parameter that takes any text."""
    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}
    return Parameter(name, meaning, schema, f"(?s:.{{1,{LONGEST_TEXT}}})", f"1 to {LONGEST_TEXT} characters")


def asked(parameters: Sequence[Parameter], given: QueryParams) -> Query:
    """Return what a request asks for, each parameter with its values.

    Raises:
        HTTPException: 400, a parameter that there is not, that is given too often, or a value that it does not take.
    """
    known = [parameter.name for parameter in parameters]
    for key in given:
        if key not in known:
            takes = f"Take {', '.join(known)}." if known else "It takes none."
            raise HTTPException(BAD_REQUEST, f"There is no parameter {printable(key)} here. {takes}")
    return {parameter.name: _values(parameter, given.getlist(parameter.name)) for parameter in parameters}


def _values(parameter: Parameter, values: Sequence[str]) -> Sequence[str]:
    if len(values) > 1 and not parameter.several:
        raise HTTPException(BAD_REQUEST, f"{parameter.name} is given {len(values)} times. Give it once.")
    for value in values:
        if not re.fullmatch(parameter.pattern, value):
            said = f"{parameter.name} is {printable(value) or 'empty'}"
            raise HTTPException(BAD_REQUEST, f"{said}. It takes {parameter.takes}.")
    return values
