"""What would grant a right and change nothing else: which policy, which text, and when there is no command."""

import pytest

from scanner.derive.policy_texts import name_for, proposals
from scanner.derive.rights import line_for
from scanner.model.document import Json
from tests.unit.derive.acls import (
    BUT_PEERING,
    KEY,
    NODES,
    PEERING,
    SERVICE,
    SERVICES,
    attached,
    cluster,
    mend,
    policy,
    rights,
    token,
)


def test_the_line_goes_into_the_policy_that_nobody_else_has() -> None:
    found = mend(cluster({"t1": token("p1")}, {"p1": policy(BUT_PEERING)}))
    assert found == {"kind": "update", "policy": "p1", "rules": BUT_PEERING + PEERING, "holder": "", "also": []}


def test_two_tokens_that_lack_different_things_in_one_policy_get_one_text() -> None:
    other = policy(NODES + PEERING)
    of = cluster(
        {"t1": token("p1", "p2"), "t2": token("p1", "p3")},
        {"p1": policy(SERVICE, 2), "p2": other, "p3": policy(SERVICES + PEERING)},
    )
    one, two = mend(of, "services_read", "t1"), mend(of, "nodes_read", "t2")
    assert one["rules"] == two["rules"] == SERVICE + SERVICES + NODES
    assert (one["also"], two["also"]) == ([NODES.strip()], [SERVICES.strip()])


def test_two_tokens_that_lack_the_same_get_the_same_text() -> None:
    of = cluster({"t1": token("p1"), "t2": token("p1")}, {"p1": policy(BUT_PEERING, 2)})
    assert mend(of, accessor="t1") == mend(of, accessor="t2")


def test_two_gateways_that_share_a_policy_get_one_text() -> None:
    tokens = {"named_by": "x", "tokens": {"t1": 0}}
    of = cluster(
        {"t1": token("p1")},
        {"p1": policy(SERVICES + NODES + PEERING)},
        gateways={KEY: {"service": "gw"}, "//b": {"service": "b"}},
        acl={"gateways": {KEY: tokens, "//b": tokens}},
    )
    texts = {rights(of, key=key)["service_write"]["mend"]["rules"] for key in (KEY, "//b")}
    assert texts == {SERVICES + NODES + PEERING + SERVICE + 'service "b" { policy = "write" }\n'}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'{BUT_PEERING} peering="READ" ', BUT_PEERING + PEERING.strip()),
        (f'peering = "READ"\n{BUT_PEERING}', PEERING + BUT_PEERING),
        ("", PEERING),
    ],
)
def test_the_text_that_goes_back(text: str, expected: str) -> None:
    users = {"p1": policy(text), "p2": policy(BUT_PEERING, 2)}
    assert mend(cluster({"t1": token("p1", "p2")}, users))["rules"] == expected


@pytest.mark.parametrize(
    ("policies", "why"),
    [
        ({"p1": policy(BUT_PEERING, 2)}, "others have it"),
        ({"p1": policy(BUT_PEERING, roles=["r9"])}, "a role has it that others can get"),
        ({"p1": policy(BUT_PEERING.replace("\n", "\r\n"))}, "no command prints its text"),
        ({"p1": policy('{"service_prefix": {"": {"policy": "read"}}}')}, "it is JSON"),
    ],
)
def test_a_policy_of_its_own_is_attached_where_none_may_be_changed(policies: Json, why: str) -> None:
    found = mend(cluster({"t1": token("p1")}, policies))
    assert (found["kind"], found["policy"], found["holder"]) == ("attach_to_token", "gw-peering_read-t1", "t1"), why


def test_consuls_own_policies_are_not_changed() -> None:
    builtin = "00000000-0000-0000-0000-000000000002"
    assert mend(cluster({"t1": token(builtin)}, {builtin: policy("")}))["kind"] == "attach_to_token"


@pytest.mark.parametrize(("users", "kind"), [(3, "attach_to_role"), (4, None)])
def test_tokens_alike_get_it_by_a_role_that_is_theirs_alone(users: int, kind: str | None) -> None:
    role = {"name": "pods", "attached": attached("p1"), "tokens": users}
    of = cluster(
        {"t1": token(roles=("r0", "r1"))},
        {"p1": policy(BUT_PEERING, 9, roles=["r1"])},
        acl={
            "roles": {"r1": role, "r0": role | {"tokens": 99}},
            "gateways": {KEY: {"named_by": "x", "tokens": {"t1": 2}}},
        },
    )
    found = mend(of)
    assert (found and found["kind"]) == kind


@pytest.mark.parametrize(
    "text",
    [
        f'{BUT_PEERING}peering = "deny"\noperator = "write"\n',
        f'{SERVICE}{SERVICES}{PEERING}node_prefix "" {{ policy = "Deny" }}',
        f'{SERVICE}{NODES}{PEERING}service "web" {{ policy = "deny" }}',
    ],
)
def test_what_somebody_denied_is_not_taken_away(text: str) -> None:
    found = rights(cluster({"t1": token("p1")}, {"p1": policy(text)}))
    (lacking,) = [one for name, one in found.items() if not one["allowed"] and name != "mesh_write"]
    assert lacking["mend"] is None


def test_an_expired_token_has_nothing_and_no_policy_mends_it() -> None:
    found = rights(cluster({"t1": token("p1", expires_ns=5)}, {"p1": policy(BUT_PEERING)}))
    assert {one["allowed"] for one in found.values()} == {False}
    assert {one["mend"] for one in found.values()} == {None}


def test_of_several_that_it_could_be_none_is_mended() -> None:
    of = cluster({"t1": token("p1"), "t2": token("p1")}, {"p1": policy(BUT_PEERING, 2)})
    of["acl"]["gateways"][KEY]["named_by"] = None
    assert mend(of) is None


@pytest.mark.parametrize(
    ("peering", "mended"),
    [
        ({"exported_services": 1, "deleted": False, "state": "ACTIVE"}, True),
        ({"exported_services": 0, "deleted": False, "state": "ACTIVE"}, False),
        ({"exported_services": 1, "deleted": True, "state": "ACTIVE"}, False),
        ({"exported_services": 1, "deleted": False, "state": "TERMINATED"}, False),
    ],
)
def test_the_mesh_is_granted_only_where_something_is_exported(peering: Json, mended: bool) -> None:  # noqa: FBT001
    of = cluster({"t1": token("p1")}, {"p1": policy(BUT_PEERING)}, peerings={"1": peering})
    assert (mend(of, "mesh_write") is not None) == mended
    assert ('mesh = "write"' in mend(of)["rules"]) == mended


def test_unread_peerings_ask_for_no_mesh() -> None:
    assert mend(cluster({"t1": token("p1")}, {"p1": policy("")}, peerings=None), "mesh_write") is None


def test_a_name_is_one_that_consul_takes_and_its_end_is_kept() -> None:
    assert name_for("é $(x)\n" + 200 * "a", "peering_read", "12345678-9") == f"----x--{99 * 'a'}-peering_read-12345678"
    assert len(name_for(300 * "a", "mesh_write", "12345678")) == 128


def test_a_name_is_written_so_that_hcl_reads_it_back() -> None:
    assert line_for("service_write", 'a"${é') == 'service "a\\U00000022\\U00000024{\\U000000e9" { policy = "write" }'


def test_a_text_that_no_command_prints_has_no_proposals() -> None:
    assert list(proposals("a\r\n", PEERING.strip())) == []
