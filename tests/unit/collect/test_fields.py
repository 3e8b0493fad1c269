"""Wrong shapes are one clear error, right ones read as their type."""

from collections.abc import Callable
from typing import Any

import pytest

from scanner.collect.fault import CallError
from scanner.collect.fields import Fields, rows

READS: dict[str, Callable[[Fields], Any]] = {
    "text": lambda fields: fields.text("Key"),
    "integer": lambda fields: fields.integer("Key"),
    "boolean": lambda fields: fields.boolean("Key"),
    "inner": lambda fields: fields.inner("Key").document,
    "rows": lambda fields: [row.document for row in fields.rows("Key")],
    "texts": lambda fields: fields.texts("Key"),
    "time": lambda fields: fields.time_ns("Key"),
    "port": lambda fields: fields.port_text("Key"),
}


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        ("text", "a", "a"),
        ("text", None, ""),
        ("integer", 7, 7),
        ("integer", None, 0),
        ("boolean", True, True),
        ("boolean", None, False),
        ("inner", {"a": 1}, {"a": 1}),
        ("inner", None, {}),
        ("rows", [{"a": 1}], [{"a": 1}]),
        ("rows", None, []),
        ("texts", ["a"], ["a"]),
        ("texts", None, []),
        ("time", "1970-01-01T00:00:01Z", 10**9),
        ("time", None, None),
        ("port", "8503", 8503),
        ("port", "-1", None),
        ("port", "0", None),
        ("port", None, None),
    ],
)
def test_right_values(read: str, value: Any, expected: Any) -> None:
    assert READS[read](Fields({"Key": value}, "/v1/x")) == expected


def test_an_absent_key_reads_as_null() -> None:
    assert [read(Fields({}, "/v1/x")) for read in READS.values()] == ["", 0, False, {}, [], [], None, None]


@pytest.mark.parametrize(
    ("read", "value"),
    [
        ("text", 1),
        ("integer", "1"),
        ("integer", True),
        ("integer", 1.5),
        ("boolean", 1),
        ("inner", []),
        ("rows", {}),
        ("rows", ["a"]),
        ("texts", [1]),
        ("texts", "a"),
        ("time", "soon"),
        ("time", 1),
        ("port", "abc"),
        ("port", "65536"),
        ("port", "1_0"),
        ("port", " 1"),
        ("port", "\u0661"),
        ("port", 8503),
    ],
)
def test_wrong_values_are_told_with_their_place(read: str, value: Any) -> None:
    with pytest.raises(CallError, match=r"/v1/x\.Key") as error:
        READS[read](Fields({"Key": value}, "/v1/x"))
    assert error.value.kind == "shape"


def test_no_value_is_repeated() -> None:
    with pytest.raises(CallError) as error:
        Fields({"Key": "hunter2"}, "/v1/x").port_text("Key")
    assert "hunter2" not in str(error.value)


def test_a_row_that_is_no_object_is_told_by_its_number() -> None:
    with pytest.raises(CallError, match=r"/v1/x\[1\] should be an object, not null"):
        rows([{}, None], "/v1/x")
