"""Peers are found by trust domains: aliases differ, and clusters may share a name."""

from typing import Any

from scanner.collect.watching.peers import peers_of


def cluster(domain: str | None, *server_names: str | None) -> dict[str, Any]:
    return {"trust_domain": domain, "peerings": {str(n): {"server_name": one} for n, one in enumerate(server_names)}}


CLUSTERS = {
    "dc1": cluster("t1.consul", None),
    "dc2": cluster("t2.consul", "server.dc1.peering.t1.consul"),
    "dc3": cluster("t3.consul", "server.dc1.peering.other.consul"),
    "own": cluster("t4.consul", "server.own.peering.t4.consul"),
    "gone": {"trust_domain": None, "peerings": None},
}


def test_both_sides_of_a_peering_are_peers() -> None:
    assert {name: peers_of(name, CLUSTERS) for name in CLUSTERS} == {
        "dc1": {"dc2"},
        "dc2": {"dc1"},
        "dc3": set(),
        "own": set(),
        "gone": set(),
    }
