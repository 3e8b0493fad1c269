"""Which tokens may be a gateway's, also where there are very many."""

import time

from scanner.acl.candidates import candidates
from scanner.model.document import Json
from tests.unit.acl.clusters import ELSEWHERE, directory, links, policy, role, token
from tests.untraced import untraced

GATEWAY = 'service "mesh-gateway" { policy = "write" }'
MANAGEMENT = 'acl = "write"\nservice_prefix "" { policy = "write" }'


def test_those_who_may_write_the_name_and_not_the_acls() -> None:
    known = directory(
        policy("gw", GATEWAY),
        policy("all", 'service_prefix "mesh" { policy = "write" }'),
        policy("web", 'service "web" { policy = "write" }'),
        policy("never", 'service "mesh-gateway" { policy = "deny" }'),
        policy("management", MANAGEMENT),
        policy("there", GATEWAY, ELSEWHERE),
        role("r", Policies=links("gw")),
    )
    tokens = [
        token("e-by-prefix", Policies=links("all")),
        token("a-by-policy", Policies=links("gw")),
        token("b-by-role", Roles=links("r")),
        token("c-by-identity", ServiceIdentities=[{"ServiceName": "mesh-gateway"}]),
        token("d-other", Policies=links("web")),
        token("f-denied", Policies=links("gw", "never")),
        token("g-management", Policies=links("management", "gw")),
        token("h-elsewhere", Policies=links("there")),
        token("i-expired", Policies=links("gw"), ExpirationTime="1970-01-01T00:00:01Z"),
    ]
    found = candidates(tokens, "mesh-gateway", known, 2 * 10**9)
    assert [one.token.accessor for one in found.known] == ["a-by-policy", "b-by-role", "c-by-identity", "e-by-prefix"]
    assert not found.known[0].authorizer.allow("peering", "", "read")
    assert found.undecided == ()


def test_under_default_allow_everyone_without_a_rule_against_it() -> None:
    known = directory(policy("never", 'service_prefix "" { policy = "read" }'), default="allow")
    found = candidates([token("a"), token("b", Policies=links("never"))], "mesh-gateway", known, 0)
    assert [one.token.accessor for one in found.known] == ["a"]


def test_who_is_not_wholly_known_is_undecided_and_says_why() -> None:
    known = directory(policy("gw", GATEWAY), policy("unread", None))
    found = candidates([token("a", Policies=links("gw", "unread"))], "mesh-gateway", known, 0)
    assert found.known == ()
    assert [(one.token.accessor, one.unread) for one in found.undecided] == [("a", ("policy unread",))]


def large_cluster() -> list[Json]:
    """Give 5,000 tokens: each with three of 200 policies, every tenth a service identity besides."""
    return [
        {"AccessorID": f"{n:05}", "Policies": links(*(f"p{(n * step) % 200:03}" for step in (1, 7, 31)))}
        | ({"ServiceIdentities": [{"ServiceName": f"web-{n}"}]} if n % 10 == 0 else {})
        for n in range(5000)
    ]


def test_five_thousand_tokens_take_less_than_two_seconds() -> None:
    rules = "\n".join(f'service "s{n}" {{ policy = "read" }}' for n in range(10))
    with untraced():
        started = time.perf_counter()
        known = directory(*(policy(f"p{n:03}", f"{rules}\n{GATEWAY if n == 7 else ''}") for n in range(200)))
        tokens = [token(one["AccessorID"], **one) for one in large_cluster()]
        found = candidates(tokens, "mesh-gateway", known, 0)
        took = time.perf_counter() - started
    assert took < 2
    assert len(found.known) == sum("p007" in str(one["Policies"]) for one in large_cluster())
    assert found.undecided == ()
