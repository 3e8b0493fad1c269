"""What the scanner's own token may do."""

import json
from typing import Any

import pytest

from scanner.collect.access import Access, read_access
from scanner.collect.client import ConsulClient
from scanner.collect.fault import CallError
from tests.faults.behaviours import DATE_NS
from tests.faults.consul import AUTHORIZE, SCANNER, authorize
from tests.unit.collect.answers import Memory, client, told


def access(answer: Any, *, anonymous: bool = False) -> Access:
    return read_access(ConsulClient(Memory({AUTHORIZE: answer}, anonymous=anonymous)))[0]


def test_a_full_token_lacks_nothing() -> None:
    assert access(authorize(*SCANNER)) == Access(acl_enabled=True, anonymous=False, acl_write=False, missing=())


def test_a_blind_token_lacks_all_that_is_wanted() -> None:
    assert access(authorize()).missing == SCANNER


def test_a_management_token_may_write_acls() -> None:
    assert access(authorize(*SCANNER, "acl:write")).acl_write


def test_no_token_is_anonymous() -> None:
    assert access(authorize(), anonymous=True).anonymous


def test_acls_off_allow_everything() -> None:
    found, mark = read_access(client({AUTHORIZE: told(401, "ACL support disabled")}))
    assert found == Access(acl_enabled=False, anonymous=False, acl_write=False, missing=())
    assert mark.at_ns == DATE_NS


def test_the_name_asked_about_is_long_and_new_each_time() -> None:
    memory = Memory({AUTHORIZE: authorize()})
    for _ in range(2):
        read_access(ConsulClient(memory))
    first, second = (json.loads(request.body or b"")[1]["Segment"] for request in memory.requests)
    assert first != second
    assert len(first) > 40


@pytest.mark.parametrize(
    "answer",
    [
        [],
        authorize()[:3],
        list(reversed(authorize())),
        [{"Resource": 1}] * 4,
        [{**row, "Allow": "yes"} for row in authorize()],
    ],
)
def test_answers_that_do_not_fit_are_refused(answer: Any) -> None:
    with pytest.raises(CallError) as error:
        access(answer)
    assert error.value.kind == "shape"


def test_an_unknown_token_is_an_error() -> None:
    with pytest.raises(CallError, match="ACL not found"):
        access(told(403, "ACL not found"))
