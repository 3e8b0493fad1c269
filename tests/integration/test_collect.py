"""Collecting from real clusters: what is there stands in the snapshot, and nothing that may not be told."""

import json
import operator
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.address import parse_address
from scanner.collect.credentials import TokenFile, TokenVariable
from scanner.collect.snapshot import collect_snapshot
from scanner.collect.target import ClusterTarget, Tls
from scanner.environment import targets_from_environment
from scanner.model.snapshot import SECTIONS
from tests.playground import CONSUL, OLD_CONSUL, Cluster, ClusterSpec, Playground, PlaygroundSpec, wait_until

SECOND = 10**9
CATALOG = ("servers", "agents", "gateways", "services")
WITHOUT_ACLS = dict.fromkeys(SECTIONS, "ok") | {"acl": "disabled"}


def scanned(cluster: Cluster) -> ClusterTarget:
    token = TokenFile(cluster.scanner_token_file) if cluster.spec.acl else None
    return ClusterTarget(cluster.spec.name, parse_address(cluster.address), token, tls=Tls(ca_file=cluster.ca_file))


def with_token(cluster: Cluster, secret: str) -> ClusterTarget:
    return replace(scanned(cluster), token=TokenVariable("TOKEN", {"TOKEN": secret}))


def snapshot(*targets: ClusterTarget) -> dict[str, Any]:
    return collect_snapshot(targets, lambda: datetime.now(UTC), lambda _cluster, _section: None)


def only(target: ClusterTarget) -> dict[str, Any]:
    return dict(snapshot(target)["clusters"][target.name])


def statuses(cluster: Mapping[str, Any]) -> dict[str, str]:
    return {name: cluster["collection"][name]["status"] for name in SECTIONS}


def test_a_healthy_pair_is_read_whole_in_under_two_seconds(healthy_pair: Playground) -> None:
    started = time.monotonic()
    clusters = snapshot(*map(scanned, healthy_pair.clusters.values()))["clusters"]
    assert time.monotonic() - started < 2
    for name, cluster in clusters.items():
        assert statuses(cluster) == dict.fromkeys(SECTIONS, "ok")
        assert (cluster["partitions"], cluster["collection"]["partitions"]["status"]) == ([], "ok")
        assert (cluster["datacenter"], cluster["edition"]) == (name, "ce")
        assert cluster["access"] == {"acl_enabled": True, "anonymous": False, "acl_write": False, "missing": []}
        assert abs(cluster["now_ns"] / SECOND - time.time()) < 5
        assert cluster["mesh"]["Peering"] == {"PeerThroughMeshGateways": True}


def test_addresses_are_those_that_consul_uses(healthy_pair: Playground) -> None:
    clusters = snapshot(*map(scanned, healthy_pair.clusters.values()))["clusters"]
    for name, cluster in healthy_pair.clusters.items():
        instances = clusters[name]["gateways"]["//mesh-gateway"]["instances"].values()
        assert {instance["wan"] for instance in instances} == cluster.advertised_addresses()
        assert {instance["lan"] for instance in instances} == {gateway.plan.lan_address for gateway in cluster.gateways}
        servers = clusters[name]["servers"].values()
        assert {server["grpc_address"] for server in servers} == cluster.server_addresses()
        assert {server["version"] for server in servers} == {CONSUL}


def test_both_sides_of_a_peering_fit_together(healthy_pair: Playground) -> None:
    clusters = snapshot(*map(scanned, healthy_pair.clusters.values()))["clusters"]
    ((acceptor_id, acceptor),) = clusters["dc1"]["peerings"].items()
    (dialer,) = clusters["dc2"]["peerings"].values()
    assert (acceptor["role"], acceptor["name"], acceptor["state"]) == ("acceptor", "dc2", "ACTIVE")
    assert (dialer["role"], dialer["name"], dialer["state"]) == ("dialer", "dc1", "ACTIVE")
    assert dialer["peer_id"] == acceptor_id
    assert dialer["server_name"] == f"server.dc1.peering.{clusters['dc1']['trust_domain']}"
    assert set(dialer["server_addresses"]) == healthy_pair.clusters["dc1"].advertised_addresses()
    assert clusters["dc2"]["now_ns"] - dialer["last_receive_ns"] < 60 * SECOND


def test_gateways_and_their_agents(healthy_pair: Playground) -> None:
    cluster = only(scanned(healthy_pair.clusters["dc1"]))
    (instance,) = cluster["gateways"]["//mesh-gateway"]["instances"].values()
    assert {check["scope"]: check["status"] for check in instance["checks"].values()} == {
        "node": "passing",
        "service": "passing",
    }
    assert cluster["agents"] == {
        instance["node"]: {"version": CONSUL, "version_text": CONSUL, "synthetic": False, "serf_status": "passing"}
    }


@pytest.mark.parametrize("anonymous", [False, True])
def test_who_may_see_nothing_is_told_so_in_under_five_seconds(healthy_pair: Playground, *, anonymous: bool) -> None:
    cluster = healthy_pair.clusters["dc1"]
    target = replace(scanned(cluster), token=None) if anonymous else with_token(cluster, cluster.blind_token)
    started = time.monotonic()
    read = only(target)
    assert time.monotonic() - started < 5
    assert statuses(read) == dict.fromkeys(SECTIONS, "ok") | dict.fromkeys((*CATALOG, "peerings"), "denied") | {
        "self": "off",
        "acl": "off",
    }
    assert read["access"]["anonymous"] is anonymous
    assert read["access"]["missing"] == ["peering:read", "node:read", "service:read", "acl:read"]
    assert read["mesh"]


def test_a_list_that_acls_cut_is_filtered(healthy_pair: Playground) -> None:
    cluster = healthy_pair.clusters["dc1"]
    rules = (
        'node_prefix "" {policy = "read"} service_prefix "" {policy = "read"} service "mesh-gateway" {policy = "deny"}'
    )
    read = only(with_token(cluster, cluster.create_token("cut", rules).secret))
    assert statuses(read) == dict.fromkeys(SECTIONS, "ok") | {
        "gateways": "filtered",
        "agents": "filtered",
        "services": "filtered",
        "peerings": "denied",
        "self": "off",
        "acl": "off",
    }
    assert read["gateways"] == {}


def test_an_unknown_token_is_a_cluster_that_cannot_be_read(healthy_pair: Playground) -> None:
    read = only(with_token(healthy_pair.clusters["dc1"], "c0ffee00-1111-2222-3333-444444444444"))
    assert statuses(read) == dict.fromkeys(SECTIONS, "error")
    assert "ACL not found" in read["collection"]["access"]["detail"]
    assert "c0ffee00" not in json.dumps(read)


def test_a_token_that_is_shown_secrets_keeps_none_of_them(healthy_pair: Playground) -> None:
    cluster = healthy_pair.clusters["dc1"]
    read = only(with_token(cluster, cluster.management_token))
    assert read["access"]["acl_write"]
    for token in cluster.tokens.values():
        assert token.secret not in json.dumps(read)


@contextmanager
def registered(cluster: Cluster, node: str, *names: str) -> Generator[None]:
    """Keep gateways of these names in the catalog."""
    try:
        for name in names:
            service = {"ID": f"{name} 1", "Service": name, "Kind": "mesh-gateway", "Port": 1}
            cluster.api("PUT", "/v1/catalog/register", {"Node": node, "Address": "192.0.2.1", "Service": service})
        yield
    finally:
        cluster.api("PUT", "/v1/catalog/deregister", {"Node": node})


def test_hostile_names_are_read(healthy_pair: Playground) -> None:
    cluster = healthy_pair.clusters["dc1"]
    names = ("..", "a/../b", "/", 'a/b?c#d"$(e)`f`', "n\u00ef ve%2F")
    node = "no\x1bde/1\n"
    with registered(cluster, node, *names):
        read = only(scanned(cluster))
    assert statuses(read) == dict.fromkeys(SECTIONS, "ok")
    for name in names:
        assert read["gateways"][f"//{name}"]["instances"][f"{node}/{name} 1"]["wan"] == "192.0.2.1:1"
    wait_until("the Envoys have forgotten them", healthy_pair.faults, operator.not_)


def test_a_name_that_consul_registers_and_does_not_read_is_told(healthy_pair: Playground) -> None:
    cluster = healthy_pair.clusters["dc1"]
    with registered(cluster, "node-1", "a\nb"):
        assert cluster.request("GET", "/v1/health/service/a%0Ab").status_code == 400
        read = only(scanned(cluster))
    assert statuses(read) == dict.fromkeys(SECTIONS, "ok") | dict.fromkeys(("gateways", "agents", "acl"), "error")
    assert "'a\\nb'" in read["collection"]["gateways"]["detail"]
    wait_until("the Envoys have forgotten it", healthy_pair.faults, operator.not_)


def test_a_cluster_that_is_gone_spoils_no_other(healthy_pair: Playground) -> None:
    gone = ClusterTarget("gone", parse_address("http://127.0.0.1:1"))
    clusters = snapshot(gone, scanned(healthy_pair.clusters["dc1"]))["clusters"]
    assert set(statuses(clusters["gone"]).values()) == {"error"}
    assert set(statuses(clusters["dc1"]).values()) == {"ok"}


@pytest.fixture(scope="module")
def others(playgrounds: type[Playground]) -> Iterator[Playground]:
    """An old cluster without ACLs whose gateway stands on a client agent, and two that are reached by TLS."""
    old = ClusterSpec("old", servers=(OLD_CONSUL,), clients=(OLD_CONSUL,), acl=False)
    tls = ClusterSpec("tls", acl=False, transport="tls", mesh_entry=False, gateways=0)
    mtls = ClusterSpec("mtls", transport="mtls", mesh_entry=False, gateways=0)
    with playgrounds(PlaygroundSpec((old, tls, mtls))) as playground:
        yield playground


def test_an_old_cluster_without_acls(others: Playground) -> None:
    cluster = others.clusters["old"]
    read = only(scanned(cluster))
    assert statuses(read) == WITHOUT_ACLS
    assert read["access"] == {"acl_enabled": False, "anonymous": True, "acl_write": False, "missing": []}
    (instance,) = read["gateways"]["//mesh-gateway"]["instances"].values()
    assert {instance["wan"]} == cluster.advertised_addresses()
    assert read["agents"][instance["node"]]["version"] == OLD_CONSUL
    assert instance["node"] not in read["servers"]


def test_a_cluster_without_gateways_or_entry(others: Playground) -> None:
    read = only(scanned(others.clusters["tls"]))
    assert statuses(read) == WITHOUT_ACLS
    assert (read["gateways"], read["agents"], read["mesh"], read["peerings"]) == ({}, {}, None, {})


@pytest.mark.parametrize("name", ["tls", "mtls"])
def test_consuls_own_environment_names_reach_a_cluster(others: Playground, name: str) -> None:
    (target,) = targets_from_environment(others.clusters[name].agents[0].endpoint.variables())
    assert statuses(only(target)) == (WITHOUT_ACLS if name == "tls" else dict.fromkeys(SECTIONS, "ok"))


def detail(target: ClusterTarget) -> str:
    read = only(target)
    assert statuses(read) == dict.fromkeys(SECTIONS, "error")
    return str(read["collection"]["access"]["detail"])


def test_what_can_be_wrong_with_tls_says_what_to_do(others: Playground, tmp_path: Path) -> None:
    right = scanned(others.clusters["tls"])
    folder = tmp_path / "cas"
    folder.mkdir()
    (folder / "ca.pem").write_bytes((others.clusters["tls"].ca_file or Path()).read_bytes())
    assert "tls.ca_file" in detail(replace(right, tls=Tls()))
    assert "tls.ca_file" in detail(replace(right, tls=Tls(ca_file=others.clusters["mtls"].ca_file)))
    assert "tls.server_name" in detail(replace(right, tls=replace(right.tls, server_name="server.dc9.consul")))
    assert "tls.cert_file" in detail(replace(scanned(others.clusters["mtls"]), token=None))
    assert "https://" in detail(replace(right, address=parse_address(right.address.text.replace("https", "http"))))
    for good in (replace(right.tls, server_name="server.tls.consul"), Tls(ca_path=folder), Tls(verify=False)):
        assert statuses(only(replace(right, tls=good))) == WITHOUT_ACLS
