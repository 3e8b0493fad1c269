"""Typed reading of JSON objects, so that a wrong shape is one clear error and never a traceback."""

import re
from typing import Any, TypeVar

from scanner.collect.excerpt import excerpt
from scanner.collect.fault import CallError
from scanner.collect.spelling import LAST_PORT
from scanner.collect.times import rfc3339_ns
from scanner.model.document import Json

T = TypeVar("T")
_ADVICE = "Is this address Consul's own?"
_TYPES = {
    dict: "an object",
    list: "a list",
    str: "this text",
    int: "a whole number",
    float: "a fraction",
    bool: "true or false",
    type(None): "null",
}
_PORT = re.compile(r"-?[0-9]{1,5}")


class Fields:
    """One JSON object and where it stands (`/v1/peerings[0].Remote`), for the error text.

    A key that is absent or null reads as the empty value of its type; Consul omits what is empty. Each method raises
    CallError of kind `shape` when the value has another type.
    """

    def __init__(self, value: Any, path: str) -> None:
        """Take a value that must be an object."""
        self._path = path
        if not isinstance(value, dict):
            raise self._wrong("", "an object", value)
        self._object: Json = value

    def text(self, key: str) -> str:
        """Return a string."""
        return self._typed(key, str, "a text", "")

    def integer(self, key: str) -> int:
        """Return a whole number."""
        return self._typed(key, int, "a whole number", 0)

    def boolean(self, key: str) -> bool:
        """Return a truth value."""
        return self._typed(key, bool, "true or false", default=False)

    def inner(self, key: str) -> "Fields":
        """Return an object."""
        return Fields(self._typed(key, dict, "an object", {}), f"{self._path}.{excerpt(key)}")

    def rows(self, key: str) -> list["Fields"]:
        """Return a list of objects."""
        return rows(self._typed(key, list, "a list", []), f"{self._path}.{excerpt(key)}")

    def texts(self, key: str) -> list[str]:
        """Return a list of strings."""
        values = self._typed(key, list, "a list", [])
        for value in values:
            if not isinstance(value, str):
                raise self._wrong(key, "a list of texts", value)
        return values

    def time_ns(self, key: str) -> int | None:
        """Return a time in nanoseconds; None for absent, null, empty and year 1."""
        text = self.text(key)
        try:
            return rfc3339_ns(text) if text else None
        except ValueError:
            raise self._wrong(key, "an RFC 3339 time", text) from None

    def port_text(self, key: str) -> int | None:
        """Return a port that Consul writes as text; None for absent, empty, zero and negative ("-1" is off)."""
        text = self.text(key) or "0"
        if not _PORT.fullmatch(text) or int(text) > LAST_PORT:
            raise self._wrong(key, "a port number", text)
        return int(text) if int(text) > 0 else None

    @property
    def document(self) -> Json:
        """Return the object itself."""
        return self._object

    def _typed(self, key: str, kind: type[T], expected: str, default: T) -> T:
        value = self._object.get(key)
        if value is None:
            return default
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self._wrong(key, expected, value)
        return value

    def _wrong(self, key: str, expected: str, value: Any) -> CallError:
        """Name the place and the type seen, never the value: a stranger's answer may repeat our token."""
        where = f"{self._path}.{excerpt(key)}" if key else self._path
        return CallError("shape", f"{where} should be {expected}, not {_TYPES[type(value)]}", _ADVICE)


def rows(values: list[Any], path: str) -> list[Fields]:
    """Return a list of objects, each knowing its place below `path`; raises like `Fields`."""
    return [Fields(value, f"{path}[{index}]") for index, value in enumerate(values)]
