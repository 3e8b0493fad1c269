"""What is known of a token's rights, and what is not because something was not read."""

from scanner.derive.grants import acl_policies, grants
from tests.unit.derive.acls import (
    BUT_PEERING,
    KEY,
    PEERING,
    attached,
    cluster,
    policy,
    rights,
    token,
)


def test_a_service_identity_says_nothing_of_peerings() -> None:
    identity = {"template": "builtin/service", "name": "gw", "datacenters": []}
    found = rights(cluster({"t1": token(attached=attached(services=[identity]))}, {}))
    lacking = [name for name, one in found.items() if not one["allowed"]]
    assert lacking == ["peering_read", "mesh_write"]


def test_a_gateway_that_the_acls_do_not_know_has_no_tokens() -> None:
    of = cluster({}, {}, acl={"gateways": {}})
    assert grants({"dc1": of}) == {"dc1": {KEY: {"named_by": None, "tokens": {}}}}
    assert grants({"dc1": of | {"gateways": None}, "dc2": {"acl": None}}) == {"dc1": {}}


def test_what_could_not_be_read_could_grant_anything() -> None:
    for unread in (policy(None), policy("peering = ]")):
        found = rights(cluster({"t1": token("p1")}, {"p1": unread}))
        assert {one["allowed"] for one in found.values()} == {None}
        assert found["peering_read"]["why"] == "policy edge"


def test_without_the_datacenters_name_it_is_not_known_what_counts() -> None:
    found = rights(cluster({"t1": token("p1")}, {"p1": policy(PEERING, datacenters=["far"])}, datacenter=None))
    assert {(one["allowed"], one["why"]) for one in found.values()} == {(None, "the datacenter's name")}


def test_policies_are_told_that_count_here_and_those_unread_with_why() -> None:
    policies = {
        "p1": policy(None),
        "p2": policy("x = ]"),
        "p3": policy("foo = 1"),
        "p4": policy(None, datacenters=["far"]),
    }
    found = acl_policies({"dc1": cluster({}, policies), "dc2": {"acl": None}})["dc1"]
    assert found.keys() == {"p1", "p2", "p3"}
    assert found["p1"]["fault"] == "Consul did not give its text"
    assert found["p2"]["fault"].startswith("line 1")
    assert (found["p3"]["fault"], [one["line"] for one in found["p3"]["ignored"]]) == (None, [1])


def test_on_enterprise_a_right_here_says_nothing_of_other_partitions() -> None:
    of = cluster({"t1": token("p1")}, {"p1": policy(BUT_PEERING + PEERING)}, edition="enterprise")
    assert rights(of | {"partitions": ["default"]})["peering_read"]["allowed"] is True
    assert rights(of | {"partitions": ["default", "a"]})["peering_read"] == {
        "allowed": None,
        "why": "what it may in other partitions",
        "mend": None,
    }
