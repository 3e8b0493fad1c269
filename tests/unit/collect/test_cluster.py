"""One cluster: every section stands for itself, and nothing is asked that would be refused."""

from typing import Any

import pytest

from scanner.collect.cluster import collect_cluster
from scanner.collect.fault import CallError
from scanner.model.snapshot import SECTIONS
from tests.faults.behaviours import DATE_NS
from tests.faults.consul import AUTHORIZE, OWN_AGENT, SCANNER, recorded
from tests.unit.collect.answers import Memory, healthy, quiet, said, target, told

SERVERS = "/v1/catalog/service/consul"
HEALTH = "/v1/health/service/mesh-gateway"
CATALOG = ("servers", "agents", "gateways", "services")
ACL = sorted(path for path in recorded("1.22.7") if path.startswith("/v1/acl/"))
UNUSED = "/v1/acl/policy/00000000-0000-0000-0000-000000000002"
"""Consul has it ready, and no token has it."""


def collected(memory: Memory) -> dict[str, Any]:
    return collect_cluster(target(intent="optional", declared_peers=("dc2",)), memory, quiet)


def statuses(cluster: dict[str, Any]) -> dict[str, str]:
    return {name: cluster["collection"][name]["status"] for name in SECTIONS}


def test_a_healthy_cluster() -> None:
    cluster = collected(Memory(healthy()))
    assert statuses(cluster) == dict.fromkeys(SECTIONS, "ok")
    assert (cluster["intent"], cluster["declared_peers"]) == ("optional", ["dc2"])
    assert (cluster["datacenter"], cluster["edition"], cluster["now_ns"]) == ("dc1", "ce", DATE_NS)
    assert cluster["trust_domain"] == "f1438271-71a6-4730-d0eb-431b127c9f9e.consul"
    assert cluster["access"] == {"acl_enabled": True, "anonymous": False, "acl_write": False, "missing": []}
    assert (list(cluster["servers"]), sorted(cluster["agents"])) == (["dc1-server"], ["dc1-server", "k8s-virtual"])
    assert cluster["mesh"] == recorded("1.22.7")["/v1/config/mesh/mesh"]
    assert (cluster["mesh_elsewhere"], cluster["partitions"]) == ({}, [])
    assert cluster["collection"]["partitions"]["status"] == "ok"
    entry = recorded("1.22.7")["/v1/config/proxy-defaults/global"]
    assert cluster["proxy_defaults"]["MeshGateway"] == entry["MeshGateway"]
    assert cluster["collection"]["servers"] == {
        "status": "ok",
        "detail": "",
        "missing": [],
        "index": 7,
        "at_ns": DATE_NS,
    }


def test_a_healthy_cluster_costs_seventeen_requests_and_one_a_policy() -> None:
    memory = Memory(healthy())
    collected(memory)
    assert sorted(memory.paths) == sorted(
        [
            AUTHORIZE,
            SERVERS,
            HEALTH,
            *["/v1/catalog/services"] * 4,
            OWN_AGENT,
            "/v1/config/mesh/mesh",
            "/v1/config/proxy-defaults/global",
            "/v1/connect/ca/roots",
            "/v1/partitions",
            "/v1/peerings",
            *(path for path in ACL if path != UNUSED),
        ]
    )


def test_an_old_cluster_takes_the_servers_version_for_its_gateway_host() -> None:
    memory = Memory(healthy("1.14.8"))
    assert collected(memory)["agents"]["dc2-server"]["version"] == "1.14.8"
    assert "/v1/agent/members" not in memory.paths


def test_a_blind_token_asks_nothing_that_would_be_refused() -> None:
    memory = Memory(healthy("1.22.7", "none:none"))
    cluster = collected(memory)
    assert statuses(cluster) == dict.fromkeys(SECTIONS, "ok") | dict.fromkeys((*CATALOG, "peerings"), "denied") | {
        "acl": "off"
    }
    assert cluster["collection"]["servers"]["missing"] == ["node:read", "service:read"]
    assert cluster["collection"]["peerings"]["missing"] == ["peering:read"]
    assert cluster["collection"]["peerings"]["detail"] == "the token lacks peering:read"
    assert [cluster[name] for name in (*CATALOG, "peerings")] == [None] * 5
    assert cluster["access"]["missing"] == list(SCANNER)
    assert not {"/v1/peerings", SERVERS, "/v1/catalog/services"} & set(memory.paths)


def test_without_a_token_the_detail_says_so() -> None:
    cluster = collected(Memory(healthy("1.22.7", "none:none"), anonymous=True))
    assert cluster["collection"]["peerings"]["detail"].startswith("no token was given")
    assert cluster["access"]["anonymous"]


@pytest.mark.parametrize(
    ("lacking", "denied"),
    [("peering:read", ("peerings",)), ("node:read", (*CATALOG, "acl")), ("service:read", (*CATALOG, "acl"))],
)
def test_one_missing_grant_denies_what_needs_it(lacking: str, denied: tuple[str, ...]) -> None:
    cluster = collected(Memory(healthy("1.22.7", *(grant for grant in SCANNER if grant != lacking))))
    assert statuses(cluster) == dict.fromkeys(SECTIONS, "ok") | dict.fromkeys(denied, "denied")
    assert all(cluster["collection"][name]["missing"] == [lacking] for name in denied)


def test_acls_off_read_everything() -> None:
    memory = Memory(healthy(but={AUTHORIZE: told(401, "ACL support disabled")}), anonymous=True)
    assert statuses(collected(memory)) == dict.fromkeys(SECTIONS, "ok") | {"acl": "disabled"}


@pytest.mark.parametrize(
    ("path", "filtered"),
    [
        (SERVERS, {"servers"}),
        (HEALTH, {"gateways", "agents"}),
        ("/v1/catalog/services", {"gateways", "agents", "services"}),
    ],
)
def test_a_cut_list_is_filtered_and_kept(path: str, filtered: set[str]) -> None:
    cut = said(recorded("1.22.7")[path], X_Consul_Results_Filtered_By_ACLs="true")
    cluster = collected(Memory(healthy(but={path: cut})))
    assert {name for name, status in statuses(cluster).items() if status == "filtered"} == filtered
    for name in filtered:
        assert cluster[name]
        assert cluster["collection"][name]["missing"] == ["node:read", "service:read"]
        assert "left out" in cluster["collection"][name]["detail"]


@pytest.mark.parametrize(
    ("answer", "status", "part"),
    [
        (told(500, "peering must be enabled to use this endpoint"), "disabled", "peering must be enabled"),
        (told(404, "Invalid URL path: not a recognized HTTP API endpoint"), "unsupported", "too old"),
        (told(404, "<html>"), "error", "GET /v1/peerings: HTTP 404"),
        (told(403, "Permission denied: token with AccessorID 'x' lacks permission 'peering:read'"), "denied", "403"),
        (told(500, "No cluster leader"), "error", "No cluster leader"),
        (told(429, "Resource Exhausted"), "error", "limits requests"),
        (CallError("unreachable", "GET /v1/peerings: cut off"), "error", "cut off"),
        ({"not": "a list"}, "error", "a JSON list was expected"),
        ([{"ID": 7}], "error", "/v1/peerings[0].ID should be a text"),
    ],
)
def test_one_bad_section_does_not_spoil_the_others(answer: Any, status: str, part: str) -> None:
    cluster = collected(Memory(healthy(but={"/v1/peerings": answer})))
    assert statuses(cluster) == dict.fromkeys(SECTIONS, "ok") | {"peerings": status}
    assert cluster["peerings"] is None
    assert part in cluster["collection"]["peerings"]["detail"]


def test_a_refusal_that_authorize_did_not_foresee_names_the_grant() -> None:
    refusal = told(403, "Permission denied: token with AccessorID 'x' lacks permission 'operator:read'")
    section = collected(Memory(healthy(but={"/v1/peerings": refusal})))["collection"]["peerings"]
    assert (section["missing"], section["at_ns"]) == (["operator:read"], DATE_NS)


def test_unread_gateways_leave_the_agents_unread_for_the_same_reason() -> None:
    collection = collected(Memory(healthy(but={HEALTH: told(500, "No cluster leader")})))["collection"]
    assert collection["agents"] == collection["gateways"]
    assert collection["agents"]["status"] == "error"


def test_no_mesh_entry_is_a_whole_reading() -> None:
    cluster = collected(
        Memory(healthy(but={"/v1/config/mesh/mesh": told(404, 'Config entry not found for "mesh" / "mesh"')}))
    )
    assert (cluster["mesh"], statuses(cluster)["mesh"]) == (None, "ok")


@pytest.mark.parametrize(
    "answer",
    [
        told(403, "ACL not found"),
        told(403, "Permission denied: by a proxy"),
        told(500, "No cluster leader"),
        told(307, ""),
        told(200, "<html>"),
        [],
        CallError("unreachable", "POST /v1/internal/acl/authorize: cut off"),
    ],
)
def test_without_a_usable_first_answer_all_sections_say_so_and_nothing_more_is_asked(answer: Any) -> None:
    memory = Memory({AUTHORIZE: answer})
    cluster = collected(memory)
    assert statuses(cluster) == dict.fromkeys(SECTIONS, "error")
    assert len({section["detail"] for section in cluster["collection"].values()}) == 1
    assert cluster["collection"]["access"]["detail"]
    assert memory.paths == [AUTHORIZE]
    assert [cluster[name] for name in ("access", "servers", "gateways", "mesh", "peerings", "now_ns")] == [None] * 6


def test_datacenter_and_edition_without_servers() -> None:
    own = {"/v1/agent/self": {"Config": {"Datacenter": "dc9"}}, "/v1/agent/version": {"HumanVersion": "1.20.1+ent"}}
    cluster = collected(Memory(healthy("1.22.7", "none:none", but=own)))
    assert (cluster["datacenter"], cluster["edition"]) == ("dc9", "enterprise")


def test_datacenter_and_edition_that_nobody_tells() -> None:
    denied = told(403, "Permission denied: token lacks permission 'agent:read' on \"n1\"")
    cluster = collected(Memory(healthy("1.22.7", "none:none", but={"/v1/agent/self": denied})))
    assert (cluster["datacenter"], cluster["edition"]) == (None, None)


def test_progress_hears_of_each_section_once() -> None:
    heard: list[tuple[str, str]] = []
    collect_cluster(target("east"), Memory(healthy()), lambda cluster, section: heard.append((cluster, section)))
    assert heard[0] == ("east", "access")
    assert sorted(heard) == sorted(("east", section) for section in SECTIONS)
