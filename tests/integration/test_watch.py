"""What wakes the daemon, on a real Consul: seen at once, though the next full reading is an hour away."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from scanner.collect.address import parse_address
from scanner.collect.credentials import TokenFile
from scanner.collect.target import ClusterTarget
from scanner.model.document import Json
from tests.integration.following import Following, following
from tests.playground import ClusterSpec, Playground, PlaygroundSpec
from tests.playground.cluster import Cluster

HOUR_S = 3600.0
SOON_S = 5.0
"""A poll would come after a quarter of an hour."""


@pytest.fixture(scope="module")
def cluster(playgrounds: type[Playground]) -> Iterator[Cluster]:
    with playgrounds(PlaygroundSpec((ClusterSpec("dc1", gateways=0),))) as playground:
        yield playground.clusters["dc1"]


@pytest.fixture
def followed(cluster: Cluster) -> Iterator[Following]:
    register(cluster, "passing")
    target = ClusterTarget("dc1", parse_address(cluster.address), TokenFile(cluster.scanner_token_file))
    with following(target, HOUR_S, wait_s=120) as seen:
        seen.settle()
        yield seen


def register(cluster: Cluster, status: str, port: int = 8443) -> None:
    """Register a gateway whose check only changes when it is told."""
    check = {"CheckID": "own", "Name": "own", "TTL": "24h", "Status": status}
    service = {"Kind": "mesh-gateway", "Name": "mesh-gateway", "Port": port, "Check": check}
    cluster.api("PUT", "/v1/agent/service/register", service)


def gateway(seen: Json) -> Json:
    (found,) = seen["gateways"].values()
    instances: list[Json] = list(found["instances"].values())
    return instances[0]


@dataclass(frozen=True)
class Change:
    make: Callable[[Cluster], Any]
    seen: Callable[[Json], Any]


ROTATED: Json = {
    "Provider": "consul",
    "Config": {"LeafCertTTL": "72h", "PrivateKeyType": "rsa", "PrivateKeyBits": 2048},
}
CHANGES = {
    "mesh entry gone": Change(lambda one: one.api("DELETE", "/v1/config/mesh/mesh"), lambda seen: seen["mesh"] is None),
    "mesh entry there": Change(
        lambda one: one.api("PUT", "/v1/config", {"Kind": "mesh", "Peering": {"PeerThroughMeshGateways": True}}),
        lambda seen: seen["mesh"] is not None,
    ),
    "proxy defaults": Change(
        lambda one: one.api("PUT", "/v1/config", {"Kind": "proxy-defaults", "Name": "global"}),
        lambda seen: seen["proxy_defaults"] is not None,
    ),
    "check of a gateway": Change(
        lambda one: one.api("PUT", "/v1/agent/check/fail/own"),
        lambda seen: gateway(seen)["checks"]["own"]["status"] == "critical",
    ),
    "address of a gateway": Change(
        lambda one: register(one, "passing", port=9443), lambda seen: gateway(seen)["lan"].endswith(":9443")
    ),
    "gateway gone": Change(
        lambda one: one.api("PUT", "/v1/agent/service/deregister/mesh-gateway"), lambda seen: not seen["gateways"]
    ),
    "CA roots": Change(
        lambda one: one.api("PUT", "/v1/connect/ca/configuration", ROTATED),
        lambda seen: len(seen["roots"]["certificates"]) == 2,
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen_at_once(cluster: Cluster, followed: Following, change: Change) -> None:
    assert not change.seen(followed.cluster)
    change.make(cluster)
    followed.until(change.seen, SOON_S)
    reading = followed.live.watching().clusters[0]
    assert (reading.polls, reading.wakes >= 2) == (1, True)


def test_a_gateway_that_went_for_a_moment_is_seen_as_soon_as_it_is_back(cluster: Cluster, followed: Following) -> None:
    cluster.api("PUT", "/v1/agent/service/deregister/mesh-gateway")
    followed.until(lambda seen: not seen["gateways"], SOON_S)
    followed.settle()
    register(cluster, "passing")
    followed.until(lambda seen: seen["gateways"], SOON_S)
    assert followed.live.watching().clusters[0].polls == 1
