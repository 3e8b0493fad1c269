"""Gateways that a real Consul accepts and that are wrong: found, and well again when mended."""

from collections.abc import Iterator

import pytest

from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.model.document import Json
from tests.playground import Playground, wait_until
from tests.playground.ports import LOOPBACK
from tests.scanning import pair_snapshot, results, snapshot, target

REGISTER = "/v1/agent/service/register"
HISTORY = {"MGP-401", "MGP-402"}
"""What an entry's age decides: once any test took an entry from the shared pair, the new one is younger for ever."""
TYPO = {"envoy_gateway_bind_taged_addresses": True}


@pytest.fixture
def registration(healthy_pair: Playground) -> Iterator[Json]:
    """The registration of the accepting gateway, which is written back."""
    cluster = healthy_pair.clusters["dc1"]
    service = cluster.api("GET", "/v1/agent/services")[cluster.gateways[0].plan.instance]
    keys = ("ID", "Kind", "Port", "Address", "TaggedAddresses", "Proxy")
    whole = {"Name": service["Service"]} | {key: service[key] for key in keys}
    yield whole
    cluster.api("PUT", REGISTER, whole)


@pytest.mark.parametrize(("options", "expected"), [(TYPO, {"MGP-206"}), ({"connect_timeout_ms": "5 s"}, {"MGP-205"})])
def test_options(  # noqa: PLR0913, PLR0917 - fixtures
    healthy_pair: Playground,
    embedded: Engine,
    policy_set: PolicySet,
    registration: Json,
    options: Json,
    expected: set[str],
) -> None:
    cluster = healthy_pair.clusters["dc1"]
    config = registration["Proxy"]["Config"] | options
    for body, wanted in ((registration | {"Proxy": {"Config": config}}, expected), (registration, set())):
        cluster.api("PUT", REGISTER, body)
        wait_until(
            f"{wanted} fails",
            lambda: failing(healthy_pair, embedded, policy_set),
            lambda found, wanted=wanted: found == wanted,  # type: ignore[misc]
        )


def test_a_gateway_without_a_kind(healthy_pair: Playground, embedded: Engine, policy_set: PolicySet) -> None:
    cluster = healthy_pair.clusters["dc1"]
    cluster.api("PUT", REGISTER, {"ID": "imposter", "Name": "meshgateway", "Port": 9})
    try:
        wait_until(
            "it is found", lambda: failing(healthy_pair, embedded, policy_set), lambda found: found == {"MGP-202"}
        )
    finally:
        cluster.api("PUT", "/v1/agent/service/deregister/imposter")


def failing(playground: Playground, engine: Engine, policies: PolicySet) -> set[str]:
    """Return the rules that fail in dc1, which accepts; alone, so that its peer is not in the scan."""
    found = results(engine, policies, snapshot([target(playground, "dc1")]))
    return {result["rule"] for result in found["results"] if result["status"] == "fail"} - {"MGP-702"}


OTHER_KINDS: dict[str, Json] = {
    "terminating-gateway": {"Services": []},
    "ingress-gateway": {"Listeners": [{"Port": 9, "Protocol": "tcp", "Services": [{"Name": "web"}]}]},
    "api-gateway": {"Listeners": [{"Name": "all", "Port": 9, "Protocol": "tcp"}]},
}


@pytest.fixture
def other_gateways(healthy_pair: Playground) -> Iterator[set[str]]:
    """The names of gateways of all other kinds beside the mesh gateways of both clusters, which are taken away."""
    names = {kind: f"mesh-gateway-{kind}" for kind in OTHER_KINDS}
    for cluster in healthy_pair.clusters.values():
        for kind, name in names.items():
            cluster.api("PUT", "/v1/config", {"Kind": kind, "Name": name} | OTHER_KINDS[kind])
            cluster.api("PUT", REGISTER, {"ID": name, "Name": name, "Kind": kind, "Port": 9, "Address": LOOPBACK})
    yield set(names.values())
    for cluster in healthy_pair.clusters.values():
        for kind, name in names.items():
            cluster.api("PUT", f"/v1/agent/service/deregister/{name}")
            cluster.api("DELETE", f"/v1/config/{kind}/{name}")


def test_gateways_of_other_kinds_are_nobodys_business(
    healthy_pair: Playground, engine: Engine, policy_set: PolicySet, other_gateways: set[str]
) -> None:
    wait_until("they are registered", lambda: services(healthy_pair), lambda found: found >= other_gateways)

    document = pair_snapshot(healthy_pair)
    found = results(engine, policy_set, document)["results"]

    assert [list(cluster["gateways"]) for cluster in document["clusters"].values()] == [["//mesh-gateway"]] * 2
    assert not any(name in str(found) for name in other_gateways)
    assert {one["rule"] for one in found if one["status"] in {"fail", "error"}} <= HISTORY
    assert {one["rule"] for one in found if one["status"] == "unknown"} <= {"MGP-405"}


def services(playground: Playground) -> set[str]:
    """Return the names of the services that both clusters have."""
    found = [set(cluster.api("GET", "/v1/catalog/services")) for cluster in playground.clusters.values()]
    return set.intersection(*found)
