"""What a schema says is wrong with a config file -> a sentence with the place, what is expected and the next step."""

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from scanner.config.yaml_text import Place, YamlText
from scanner.errors import ConfigError
from scanner.model.document import Json
from scanner.schemas import fits

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_NAMED_ONLY = "No token may stand in this file: name it by its accessor id, as token: {accessor: ...}"


def check_document(text: YamlText, name: str, page: str) -> None:
    """Refuse a file that is not as the schema called `name` says; no value of it is repeated, it may be a secret.

    Args:
        text: what stands in the file.
        name: of the schema.
        page: which tells how such a file is written.

    Raises:
        ConfigError: the fault that explains the most.
    """
    if fits(text.value, name):
        return
    # To load jsonschema takes a tenth of the time of an audit, in which all fits.
    from scanner.schemas.faults import best_fault  # noqa: PLC0415

    fault = best_fault(text.value, name)
    if fault is not None:
        raise _refusals(fault, text, page)[0][1]


def document_faults(text: YamlText, name: str, page: str) -> list[ConfigError]:
    """Return all that `check_document` would refuse, from the first line to the last."""
    if fits(text.value, name):
        return []
    from scanner.schemas.faults import faults  # noqa: PLC0415 - as above

    refusals = [refusal for fault in faults(text.value, name) for refusal in _refusals(fault, text, page)]
    return [error for _, error in sorted(refusals, key=lambda refusal: text.line(refusal[0]))]


def _refusals(fault: "ValidationError", text: YamlText, page: str) -> list[tuple[Place, ConfigError]]:
    """Return a refusal with its place for each unknown key of a mapping, and for any other fault one."""
    place: Place = tuple(fault.absolute_path)
    if fault.validator == "additionalProperties":
        return _unknown_keys(fault, place, text)
    return [(place, _refusal(fault, place, text, page))]


def _refusal(fault: "ValidationError", place: Place, text: YamlText, page: str) -> ConfigError:
    advice = _NAMED_ONLY if place[-1:] == ("token",) and fault.validator == "type" else f"See {page}"
    return ConfigError(f"{text.place(place)}: {_dotted(place)} {_expected(fault)}", advice)


def _expected(fault: "ValidationError") -> str:
    wanted: Any = fault.validator_value
    instance: Any = fault.instance
    if fault.validator == "required":
        return f"lacks {' and '.join(key for key in wanted if key not in instance)}"
    if fault.validator == "not":
        return f"may have {wanted['description']}"
    if fault.validator == "dependentRequired":
        return f"needs both or none of {' and '.join(wanted)}"
    if "propertyNames" in fault.absolute_schema_path:
        return f"has the key {str(instance)[:80]!r}, which is not {_schema(fault)['description']}"
    return f"has to be {_schema(fault)['description']}"


def _unknown_keys(fault: "ValidationError", place: Place, text: YamlText) -> list[tuple[Place, ConfigError]]:
    known = list(_schema(fault)["properties"])
    keys: Any = fault.instance
    wrong = [(*place, key) for key in keys if key not in known]
    return [(place_of_key, _unknown_key(place_of_key, known, text)) for place_of_key in wrong]


def _unknown_key(place: Place, known: list[str], text: YamlText) -> ConfigError:
    key = str(place[-1])
    where = f"{text.place(place)}: {_dotted(place)}"
    if key == "token":
        return ConfigError(f"{where}: a token may not stand in this file", "Put it in a file and name it in token_file")
    return ConfigError(f"{where} is not a known key", _nearest(key, known))


def _schema(fault: "ValidationError") -> Json:
    subschema: Any = fault.schema
    return dict(subschema)


def _nearest(key: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    return f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}"


def _dotted(place: Place) -> str:
    return ".".join(str(part) for part in place) or "the file"
