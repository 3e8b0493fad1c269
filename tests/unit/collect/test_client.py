"""Answers are checked JSON, or one clear error."""

import json
from typing import Any

import pytest

from scanner.collect.client import quoted
from scanner.collect.fault import CallError
from scanner.collect.transport import RawAnswer
from tests.faults.behaviours import DATE_NS
from tests.unit.collect.answers import client, said, told

PATH = "/v1/x"


def test_an_answer_carries_index_time_and_filter() -> None:
    answer = client({PATH: said([{"a": 1}], X_Consul_Results_Filtered_By_ACLs="true")}).read_list(PATH)
    assert [row.document for row in answer.rows] == [{"a": 1}]
    assert (answer.mark.index, answer.mark.at_ns, answer.mark.filtered) == (7, DATE_NS, True)


def test_headers_that_are_missing_or_odd_are_none() -> None:
    mark = client({PATH: RawAnswer(200, {"x-consul-index": "\u0661"}, b"{}")}).read_object(PATH).mark
    assert (mark.index, mark.at_ns, mark.filtered) == (None, None, False)


def test_a_null_list_is_empty() -> None:
    assert client({PATH: said(None)}).read_list(PATH).rows == []


@pytest.mark.parametrize(
    ("body", "kind", "part"),
    [
        (b"", "not_json", "not JSON: it is empty"),
        (b"<html>\x1b[1m<b>Log in</b>", "not_json", "not JSON: <html> [1m<b>Log in</b>"),
        (b'[{"a": 1}, {"b', "not_json", "not JSON"),
        (b"[NaN]", "not_json", "not JSON"),
        (b"\xff\xfe\x00", "not_json", "not JSON"),
        (b"[" * 100_000, "not_json", "not JSON"),
        (b"9" * 5000, "not_json", "not JSON"),
        (b'{"a": 1}', "shape", "a JSON list was expected"),
        (b"7", "shape", "a JSON list was expected"),
        (b"[7]", "shape", "/v1/x[0] should be an object, not a whole number"),
    ],
)
def test_what_is_no_list_of_objects(body: bytes, kind: str, part: str) -> None:
    with pytest.raises(CallError) as error:
        client({PATH: RawAnswer(200, {}, body)}).read_list(PATH)
    assert error.value.kind == kind
    assert part in error.value.message
    assert error.value.message.isprintable()


@pytest.mark.parametrize("value", [[], "text", None, 1])
def test_what_is_no_object(value: Any) -> None:
    with pytest.raises(CallError, match="should be an object"):
        client({PATH: said(value)}).read_object(PATH)


def test_a_status_is_told_before_the_body_is_looked_at() -> None:
    with pytest.raises(CallError, match="HTTP 500: No cluster leader"):
        client({PATH: told(500, "No cluster leader")}).read_list(PATH)


def test_secrets_are_kept_out_of_excerpts() -> None:
    raw = RawAnswer(200, {}, b"your token is s3cret-token", ("s3cret-token",))
    with pytest.raises(CallError, match="your token is <token>"):
        client({PATH: raw}).read_list(PATH)


@pytest.mark.parametrize("name", ["a/b?c#d", "..", ".", 'x"$(y)`z`\n', "na\u00efve", "%2F", "\ud800"])
def test_a_quoted_name_is_one_path_segment(name: str) -> None:
    assert set(quoted(name)).isdisjoint('/?#. "$()`\n')


def test_quoting_loses_nothing() -> None:
    assert quoted("mesh-gateway") == "mesh-gateway"
    assert quoted("%2F") == "%252F"


def test_a_question_is_posted_as_json() -> None:
    asked = client({PATH: said([])})
    asked.ask(PATH, [{"Resource": "acl"}])
    memory: Any = asked._transport  # noqa: SLF001 - the memory of this test
    assert json.loads(memory.requests[0].body) == [{"Resource": "acl"}]
