"""The ACLs as Consul lists them, and as nothing should."""

from typing import Any

import pytest

from scanner.collect.acl_listing import (
    ANONYMOUS_PATH,
    POLICIES_PATH,
    ROLES_PATH,
    TOKENS_PATH,
    Listing,
    read_listing,
)
from scanner.collect.client import ConsulClient
from scanner.collect.fault import CallError
from tests.unit.collect.answers import Memory, client, told

POLICY_PATH = "/v1/acl/policy/p1"
TOKEN = {"AccessorID": "t1", "Description": "gw", "Policies": [{"ID": "p1", "Name": "edge"}]}


def answers(**fields: Any) -> dict[str, Any]:
    """Return a cluster with one token, its policy and no role; `policy` and others replace an answer."""
    by_name = {"tokens": TOKENS_PATH, "roles": ROLES_PATH, "policies": POLICIES_PATH, "policy": POLICY_PATH}
    whole = {
        TOKENS_PATH: [TOKEN],
        ROLES_PATH: None,
        POLICIES_PATH: [{"ID": "p1", "Name": "edge"}],
        ANONYMOUS_PATH: {"AgentACLDefaultPolicy": "deny"},
        POLICY_PATH: {"ID": "p1", "Rules": 'peering = "read"'},
    }
    return whole | {by_name.get(name, ANONYMOUS_PATH): answer for name, answer in fields.items()}


def listing(**fields: Any) -> Listing:
    return read_listing(client(answers(**fields)), "dc1", "ce", now_ns=0)


def test_only_texts_that_decide_are_asked_for() -> None:
    many = [{"ID": "p1", "Name": "edge"}, {"ID": "p2", "Name": "unused"}]
    memory = Memory(answers(policies=many))
    found = read_listing(ConsulClient(memory), "dc1", "ce", now_ns=0)

    assert found.texts == {"p1": 'peering = "read"'}
    assert found.directory.policies["p1"].policy is not None
    assert "/v1/acl/policy/p2" not in memory.paths


@pytest.mark.parametrize("default", ["allow", "deny"])
def test_the_default_policy_is_that_of_an_expanded_token(default: str) -> None:
    assert listing(anonymous={"AgentACLDefaultPolicy": default}).directory.default == default


@pytest.mark.parametrize(
    "answer",
    [
        told(404, "Requested policy does not exist: ACL not found"),
        told(403, "ACL not found"),
        CallError("too_large", "GET: more than 1 MB"),
    ],
)
def test_a_policy_that_went_or_is_too_large_is_unread_and_the_rest_is_not(answer: Any) -> None:
    found = listing(policy=answer)

    assert found.texts == {}
    assert found.directory.policies["p1"].policy is None


def test_a_text_that_cannot_be_read_is_kept_and_understood_as_nothing() -> None:
    found = listing(policy={"Rules": "peering = ]"})

    assert found.texts == {"p1": "peering = ]"}
    assert found.directory.policies["p1"].policy is None


@pytest.mark.parametrize(
    ("fields", "kind", "where"),
    [
        ({"tokens": {}}, "shape", TOKENS_PATH),
        ({"tokens": [1]}, "shape", TOKENS_PATH),
        ({"tokens": [{"Description": "no accessor"}]}, "shape", TOKENS_PATH),
        ({"tokens": [{"AccessorID": "t1", "Policies": 7}]}, "shape", TOKENS_PATH),
        ({"tokens": [{"AccessorID": "t1", "ExpirationTime": "soon"}]}, "shape", TOKENS_PATH),
        ({"tokens": [{"AccessorID": "t1", "Policies": ["p1"]}]}, "shape", TOKENS_PATH),
        ({"tokens": [{"AccessorID": ["t1"]}]}, "shape", TOKENS_PATH),
        ({"tokens": [{"AccessorID": "t1", "Description": 7}]}, "shape", TOKENS_PATH),
        ({"tokens": [{"AccessorID": "t1", "Policies": [{"ID": {}}]}]}, "shape", TOKENS_PATH),
        ({"roles": [{"ID": "r1"}]}, "shape", ROLES_PATH),
        (
            {
                "roles": [
                    {"ID": "r1", "Name": "r", "TemplatedPolicies": [{"TemplateName": "t", "TemplateVariables": 1}]}
                ]
            },
            "shape",
            ROLES_PATH,
        ),
        ({"policies": "none"}, "shape", POLICIES_PATH),
        ({"policies": [{"ID": 7}]}, "shape", POLICIES_PATH),
        ({"policy": []}, "shape", POLICY_PATH),
        ({"policy": told(500, "rpc error")}, "status", POLICY_PATH),
        ({"policy": told(403, "Permission denied: lacks permission 'acl:read'")}, "denied", POLICY_PATH),
        ({"anonymous": []}, "shape", ANONYMOUS_PATH),
    ],
)
def test_an_answer_of_another_shape_is_one_clear_error(fields: Any, kind: str, where: str) -> None:
    with pytest.raises(CallError) as raised:
        listing(**fields)
    assert raised.value.kind == kind
    assert where in raised.value.message


def test_no_secret_is_in_a_listing() -> None:
    found = listing(tokens=[TOKEN | {"SecretID": "s3cret"}], anonymous={"SecretID": "s3cret"})
    assert "s3cret" not in repr(found)
