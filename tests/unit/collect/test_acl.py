"""The section `acl`: which tokens are a gateway's, who else has what they have, and when nothing is read."""

from dataclasses import replace
from typing import Any

import pytest

from scanner.collect.access import Access
from scanner.collect.acl import Wanted, read_acl
from scanner.collect.acl_listing import ANONYMOUS, ANONYMOUS_PATH, POLICIES_PATH, ROLES_PATH, TOKENS_PATH
from scanner.collect.acl_section import acl_reading
from scanner.collect.client import ConsulClient
from scanner.collect.target import TokenHint
from tests.unit.collect.answers import Memory, client, target

KEY = "//mesh-gateway"
EDGE, POD = {"ID": "p1", "Name": "edge"}, {"ID": "r1", "Name": "gateways"}
MANAGEMENT = {"ID": "p9", "Name": "global-management"}
TOKENS = [
    {"AccessorID": "t1", "Description": "gw of rack 7", "Policies": [EDGE]},
    {"AccessorID": "t2", "Description": "pod 1", "Roles": [POD]},
    {"AccessorID": "t3", "Description": "pod 2", "Roles": [POD]},
    {"AccessorID": "t4", "Description": "root", "Policies": [MANAGEMENT]},
    {"AccessorID": "t5", "Description": "lost", "Roles": [{"ID": "r7", "Name": "gone"}]},
    {"AccessorID": ANONYMOUS, "Description": "Anonymous Token"},
]
ANSWERS: dict[str, Any] = {
    TOKENS_PATH: TOKENS,
    ROLES_PATH: [{**POD, "Policies": [EDGE]}],
    POLICIES_PATH: [EDGE, MANAGEMENT],
    ANONYMOUS_PATH: {"AgentACLDefaultPolicy": "deny"},
    "/v1/acl/policy/p1": {"Rules": 'service "mesh-gateway" { policy = "write" }'},
    "/v1/acl/policy/p9": {"Rules": 'acl = "write"\nservice_prefix "" { policy = "write" }'},
}
ACCESS = Access(acl_enabled=True, anonymous=False, acl_write=False, missing=())


def wanted(hint: TokenHint | None = None) -> Wanted:
    return Wanted({KEY: "mesh-gateway"}, {KEY: hint}, "dc1", "ce", now_ns=0)


def tokens(hint: TokenHint | None = None, **default: str) -> dict[str, int]:
    answers = ANSWERS | {ANONYMOUS_PATH: {"AgentACLDefaultPolicy": default.get("default", "deny")}}
    document, _ = read_acl(client(answers), wanted(hint))
    found: dict[str, int] = document["gateways"][KEY]["tokens"]
    return found


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (None, {"t1": 0, "t2": 1, "t5": 0}),
        (TokenHint("accessor", "t4"), {"t4": 0}),
        (TokenHint("accessor", "t"), {}),
        (TokenHint("policy", "edge"), {"t1": 0, "t2": 1}),
        (TokenHint("policy", "none"), {}),
        (TokenHint("role", "gateways"), {"t2": 1}),
        (TokenHint("description", "gw of *"), {"t1": 0}),
        (TokenHint("description", "gw of"), {}),
        (TokenHint("description", "*"), {"t1": 0, "t2": 1, "t4": 0, "t5": 0, ANONYMOUS: 0}),
    ],
)
def test_which_tokens_are_meant(hint: TokenHint | None, expected: dict[str, int]) -> None:
    assert tokens(hint) == expected


def test_the_anonymous_token_stands_for_no_other() -> None:
    assert tokens(default="allow") == {"t1": 0, "t2": 1, "t5": 0, ANONYMOUS: 0}


def test_who_else_has_what_they_have_is_counted() -> None:
    document, _ = read_acl(client(ANSWERS), wanted(TokenHint("accessor", "t2")))

    assert document["gateways"][KEY]["named_by"] == "with accessor id t2"
    assert document["tokens"].keys() == {"t2"}
    assert document["roles"]["r1"]["tokens"] == 2
    policy = document["policies"]["p1"]
    assert (policy["tokens"], policy["roles"], policy["datacenters"]) == (3, ["r1"], [])
    assert document["policies"].keys() == {"p1"}


@pytest.mark.parametrize(
    ("acl", "access", "status", "said"),
    [
        ("auto", replace(ACCESS, acl_enabled=False), "disabled", "ACLs are off"),
        ("never", ACCESS, "off", "collect.acl is false"),
        ("auto", replace(ACCESS, missing=("acl:read",)), "off", "the token lacks acl:read"),
        ("always", replace(ACCESS, missing=("acl:read",)), "denied", "the token lacks acl:read"),
        ("auto", ACCESS, "ok", ""),
        ("always", ACCESS, "ok", ""),
    ],
)
def test_when_it_is_read(acl: Any, access: Access, status: str, said: str) -> None:
    memory = Memory(ANSWERS)

    reading = acl_reading(target(acl=acl), ConsulClient(memory), access, wanted())

    assert reading.status == status
    assert said in reading.detail
    assert bool(memory.paths) == (status == "ok")


def test_answers_that_do_not_end_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.collect.acl_section.LIMIT_S", -1.0)

    reading = acl_reading(target(), client(ANSWERS), ACCESS, wanted())

    assert (reading.status, reading.value) == ("error", None)
    assert "did not end" in reading.detail
