"""The shapes that a playground's clusters can have, beside the pair of test_playground.py."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.playground import (
    CONSUL,
    OLD_CONSUL,
    Cluster,
    ClusterSpec,
    PeeringSpec,
    Playground,
    PlaygroundSpec,
    pair_spec,
    wait_until,
)


@pytest.fixture(scope="module")
def large(playgrounds: type[Playground]) -> Iterator[Playground]:
    """Three servers on disk and a client agent with two gateways accept, an old Consul dials, under other names."""
    acceptor = ClusterSpec(
        "large", servers=(CONSUL,) * 3, clients=(CONSUL,), on_disk=True, gateways=2, gateway_service="mgw"
    )
    dialer = ClusterSpec("old", servers=(OLD_CONSUL,))
    peering = PeeringSpec("large", "old", alias_at_acceptor="west", alias_at_dialer="east")
    with playgrounds(PlaygroundSpec((acceptor, dialer), (peering,))) as playground:
        yield playground


def test_three_servers_keep_their_data_on_disk(large: Playground) -> None:
    cluster = large.clusters["large"]
    assert len(cluster.api("GET", "/v1/status/peers")) == 3
    follower = next(agent for agent in cluster.agents[1:] if agent.plan.is_server)
    follower.kill()
    wait_until("a server is gone", cluster.missing_agents)
    follower.start()
    wait_until("it is back with its data", lambda: cluster.missing_agents() == [])


def test_gateways_register_on_the_client_agent(large: Playground) -> None:
    cluster = large.clusters["large"]
    assert [gateway.id for gateway in cluster.gateways] == ["large-client-1/mgw", "large-client-1/mgw-2"]
    assert large.peerings[0].dialed_addresses() == {gateway.plan.wan_address for gateway in cluster.gateways}


def test_an_old_consul_dials_a_new_one(large: Playground) -> None:
    assert large.clusters["old"].api("GET", "/v1/agent/self")["Config"]["Version"] == OLD_CONSUL
    assert large.peerings[0].states() == ("ACTIVE", "ACTIVE")
    assert large.peerings[0].at_dialer()["Name"] == "east"
    assert large.peerings[0].at_acceptor()["Name"] == "west"


@pytest.fixture(scope="module")
def twins(playgrounds: type[Playground]) -> Iterator[Playground]:
    """Two clusters that both call their datacenter dc1, one with TLS, one with mTLS, without ACLs."""
    left = ClusterSpec("left", datacenter="dc1", acl=False, transport="tls")
    right = ClusterSpec("right", datacenter="dc1", acl=False, transport="mtls")
    with playgrounds(pair_spec(left, right)) as playground:
        yield playground


def test_two_datacenters_of_one_name_peer(twins: Playground) -> None:
    names = {cluster.api("GET", "/v1/agent/self")["Config"]["Datacenter"] for cluster in twins.clusters.values()}
    assert names == {"dc1"}
    assert twins.faults() == []


def test_acls_can_be_off(twins: Playground) -> None:
    left = twins.clusters["left"]
    assert left.tokens == {}
    assert "ACL support disabled" in left.request("GET", "/v1/acl/tokens").text


def answers(cluster: Cluster, ca_file: Path | None) -> bool:
    """Tell whether a client without a certificate, which trusts only that CA, gets an answer."""
    try:
        return requests.get(f"{cluster.address}/v1/status/leader", verify=str(ca_file), timeout=5).ok
    except requests.ConnectionError:
        return False


def test_tls_is_spoken_and_mtls_wants_a_certificate(twins: Playground) -> None:
    left, right = twins.clusters["left"], twins.clusters["right"]
    assert answers(left, left.ca_file)
    assert not answers(left, right.ca_file)
    assert not answers(right, right.ca_file)
    assert right.api("GET", "/v1/status/leader")
    assert twins.run_consul("right", ["members"]).returncode == 0
