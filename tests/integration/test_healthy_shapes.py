"""Healthy shapes that a careless rule would take for broken: no rule fails on them, none is at a loss."""

from collections.abc import Iterator

import pytest

from scanner.collect.address import parse_address
from scanner.collect.credentials import TokenFile
from scanner.collect.target import ClusterTarget, GatewayTarget, TokenHint
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.model.document import Json
from tests.playground import OLD_CONSUL, Cluster, ClusterSpec, PeeringSpec, Playground, PlaygroundSpec, wait_until
from tests.scanning import results, snapshot

UNKNOWN_BY_NATURE = {"MGP-103", "MGP-104", "MGP-405", "MGP-407"}
"""These need Envoy's admin, an attestation or the probe, and these scans are given none."""

DEFAULTS: Json = {
    "Kind": "proxy-defaults",
    "Name": "global",
    "Config": {"protocol": "http"},
    "MeshGateway": {"Mode": "local"},
}


def target(cluster: Cluster) -> ClusterTarget:
    token = TokenFile(cluster.scanner_token_file) if cluster.spec.acl else None
    gateways = (GatewayTarget(cluster.spec.gateway_service, token=TokenHint("policy", "gateway")),)
    return ClusterTarget(cluster.spec.name, parse_address(cluster.address), token, gateways=gateways)


def judged(playground: Playground, engine: Engine, policies: PolicySet) -> Json:
    """Return the results once each stream was heard of: until then, for seconds, MGP-406 is at a loss by design."""
    return wait_until(
        "each stream gave a sign of life",
        lambda: results(engine, policies, snapshot([target(cluster) for cluster in playground.clusters.values()])),
        lambda document: not any(one.startswith("MGP-406 unknown") for one in complaints(document)),
    )


def complaints(document: Json) -> list[str]:
    """Return what is neither passed nor beside the point, a sentence each."""
    return [
        f"{result['rule']} {result['status']} {result['subject']['name']}: {result['needed'] or result['message']}"
        for result in document["results"]
        if result["status"] not in {"pass", "not_applicable"}
        and (result["status"], result["rule"]) not in {("unknown", rule) for rule in UNKNOWN_BY_NATURE}
    ]


@pytest.fixture(scope="module")
def chain(playgrounds: type[Playground]) -> Iterator[Playground]:
    """West, dialed by middle, dialed by an old east without ACLs; aliases unlike datacenters, other gateway names."""
    west = ClusterSpec("west", gateway_service="edge")
    middle = ClusterSpec("middle", datacenter="dc1", gateways=2)
    east = ClusterSpec("east", servers=(OLD_CONSUL,), acl=False, gateway_service="mgw")
    peerings = (
        PeeringSpec("west", "middle", alias_at_acceptor="buyer", alias_at_dialer="seller"),
        PeeringSpec("middle", "east", alias_at_acceptor="west", alias_at_dialer="middle-1"),
    )
    with playgrounds(PlaygroundSpec((west, middle, east), peerings)) as playground:
        yield playground


@pytest.fixture(scope="module")
def twins(playgrounds: type[Playground]) -> Iterator[Playground]:
    """Two clusters that both call their datacenter dc1, without ACLs, with a protocol and a mode for all proxies."""
    left = ClusterSpec("left", datacenter="dc1", acl=False)
    right = ClusterSpec("right", datacenter="dc1", acl=False)
    with playgrounds(PlaygroundSpec((left, right), (PeeringSpec("left", "right"),))) as playground:
        for cluster in playground.clusters.values():
            cluster.api("PUT", "/v1/config", DEFAULTS)
        yield playground


@pytest.mark.parametrize("shape", ["chain", "twins"])
def test_a_healthy_shape_is_silent(
    shape: str, request: pytest.FixtureRequest, engine: Engine, policy_set: PolicySet
) -> None:
    playground: Playground = request.getfixturevalue(shape)

    assert complaints(judged(playground, engine, policy_set)) == []


def test_the_chain_is_one(chain: Playground, embedded: Engine, policy_set: PolicySet) -> None:
    found = judged(chain, embedded, policy_set)

    pairs = {
        (one["subject"]["cluster"], one["subject"]["peer"]) for one in found["results"] if one["rule"] == "MGP-502"
    }
    assert {("middle", "west"), ("east", "middle")} <= pairs


def test_the_twins_have_defaults_and_one_datacenter_name(twins: Playground) -> None:
    read = snapshot([target(cluster) for cluster in twins.clusters.values()])["clusters"].values()

    assert {cluster["datacenter"] for cluster in read} == {"dc1"}
    assert [cluster["proxy_defaults"]["Config"] for cluster in read] == [{"protocol": {"hidden": "text"}}] * 2
    assert {cluster["proxy_defaults"]["MeshGateway"]["Mode"] for cluster in read} == {"local"}
