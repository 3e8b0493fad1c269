"""What a query may ask: known parameters, as often and with such values as they take."""

import pytest
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from scanner.publish.api.paging import LIMIT, PAGING
from scanner.publish.api.parameters import LONGEST_TEXT, asked, one_of, text

KNOWN = (text("cluster", "Name."), one_of("state", "State.", ("open", "resolved")), *PAGING)


def refusal(query: str) -> str:
    with pytest.raises(HTTPException) as refused:
        asked(KNOWN, QueryParams(query))
    assert refused.value.status_code == 400
    return refused.value.detail


def test_every_parameter_has_its_values_in_order() -> None:
    assert asked(KNOWN, QueryParams("cluster=b&state=open&cluster=a%0A%22")) == {
        "cluster": ["b", 'a\n"'],
        "state": ["open"],
        "limit": [],
        "after": [],
    }


def test_a_parameter_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    assert refusal("clutser=dc1") == "There is no parameter clutser here. Take cluster, state, limit, after."
    with pytest.raises(HTTPException, match=r"There is no parameter a\\x1b here\. It takes none\."):
        asked((), QueryParams("a%1b=1"))


def test_a_value_that_is_not_taken_is_told_on_one_line() -> None:
    assert refusal("state=closed") == "state is closed. It takes open, resolved."
    assert refusal("state=open%0A") == "state is open\\n. It takes open, resolved."
    assert refusal("cluster=") == "cluster is empty. It takes 1 to 512 characters."
    assert refusal(f"cluster={'x' * (LONGEST_TEXT + 1)}").startswith("cluster is xxx")


@pytest.mark.parametrize("value", ["0", "01", "1001", "-1", "1.0", "1e2", "٣", " 1", "1" * 5000])
def test_a_limit_is_a_plain_number(value: str) -> None:
    assert refusal(f"limit={value}").endswith("It takes a number from 1 to 1000.")


@pytest.mark.parametrize("value", ["1", "10", "999", "1000"])
def test_a_limit_goes_from_1_to_1000(value: str) -> None:
    assert asked((LIMIT,), QueryParams(f"limit={value}")) == {"limit": [value]}


def test_what_makes_no_sense_twice_is_given_once() -> None:
    assert refusal("limit=1&limit=2") == "limit is given 2 times. Give it once."
