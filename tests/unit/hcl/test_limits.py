"""No text hurts the reader: not by its depth, its size, its repetition or its nonsense."""

import contextlib
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.acl.policy import parse_policy
from scanner.errors import HclError
from scanner.hcl.limits import MAX_CHARACTERS, MAX_DEPTH
from scanner.hcl.read import read
from tests.acl_texts import INSERTED, corpus, mutations

PIECES = st.sampled_from([*INSERTED, *(one.text for one in corpus())])
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join), st.text().map("{".__add__))

REPEATED: dict[str, Callable[[int], str]] = {
    "blocks": lambda count: 'service "a" { policy = "read" }\n' * count,
    "keys": lambda count: "".join(f"k{number} = 1\n" for number in range(count)),
    "comments": lambda count: "# c\n/* d */ // e\n" * count,
    "an open comment": lambda count: "/* * / " * count,
    "an open string": lambda count: 'a = "' + "\\\\ ${ { " * count,
    "a long string": lambda count: 'a = "' + "x${y}\\n" * count + '"',
    "a heredoc": lambda count: "a = <<E\n" + " EE \n" * count + "E\n",
    "an open heredoc": lambda count: "a = <<E\n" + "  x\n" * count,
    "a list": lambda count: f"a = [{'1, ' * count}]",
    "white space": lambda count: "\t \n" * count + "a = 1",
    "labels": lambda count: "a " * count + "{}",
    "JSON objects": lambda count: '{"service": [' + '{"a": {"policy": "read"}},' * count + "]}",
    "JSON keys": lambda count: "{" + "".join(f'"k{number}": {{"b": {{}}}},' for number in range(count)) + "}",
    "an open JSON string": lambda count: '{"a": "' + "\\\\ x" * count,
    "digits": lambda count: "a = " + "1" * count,
}


@given(TEXTS)
@example('{"a": [' + "{" * 10)
def test_raises_nothing_but_its_own_error(text: str) -> None:
    for strict in (True, False):
        with contextlib.suppress(HclError):
            assert parse_policy(text, strict=strict).rules is not None


def test_raises_nothing_but_its_own_error_near_the_truth() -> None:
    refused = 0
    for text in mutations(seed=1, count=3000):
        try:
            assert parse_policy(text, strict=False).rules is not None
        except HclError:
            refused += 1
    assert 1000 < refused < 2800


@pytest.mark.parametrize(
    ("start", "opening"),
    [("", "a { "), ("a = ", "["), ("a = ", "[{a = "), ("", '{"a": '), ("", '{"a": [{"b": [1, ')],
)
def test_depth_has_a_limit(start: str, opening: str) -> None:
    with pytest.raises(HclError, match=rf"at most {MAX_DEPTH} levels of brackets"):
        read(start + opening * 10_000)


@pytest.mark.parametrize(("opening", "closing"), [("a { ", "}"), ("a = {", "}"), ('{"a": ', "}")])
def test_the_depth_that_is_allowed_can_be_read(opening: str, closing: str) -> None:
    inside = "1" if opening[0] == "{" else ""
    assert read(opening * MAX_DEPTH + inside + closing * MAX_DEPTH).items
    with pytest.raises(HclError, match=f"at most {MAX_DEPTH} levels"):
        read(opening * (MAX_DEPTH + 1) + inside + closing * (MAX_DEPTH + 1))


def test_size_has_a_limit() -> None:
    assert read("#" * MAX_CHARACTERS).items == ()
    with pytest.raises(HclError, match="at most"):
        read("#" * (MAX_CHARACTERS + 1))


@pytest.mark.parametrize("repeat", REPEATED.values(), ids=REPEATED)
def test_time_grows_with_the_text_and_no_faster(repeat: Callable[[int], str]) -> None:
    small, large = _seconds(repeat(500)), _seconds(repeat(4000))
    # Eight times the text takes eight times as long; a quadratic reader would take 64 times.
    assert large < 24 * small + 0.01


def _seconds(text: str) -> float:
    return min(_once(text) for _ in range(3))


def _once(text: str) -> float:
    began = time.process_time()
    with contextlib.suppress(HclError):
        parse_policy(text)
    return time.process_time() - began
