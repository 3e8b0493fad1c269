"""Clusters are joined by peering id and trust domain, never by names."""

from typing import Any

import pytest

from scanner.derive.facts import derived
from scanner.derive.pairs import pairs, remotes, unread_clusters
from scanner.model.document import Json

OK = {"status": "ok"}


def cluster(trust_domain: str | None, **peerings: Json) -> Json:
    """Return as much of a cluster as joining needs."""
    sections = ("access", "roots", "gateways", "peerings")
    nothing: Json = {"gateways": {}, "servers": {}}
    return nothing | {
        "trust_domain": trust_domain,
        "peerings": peerings,
        "collection": dict.fromkeys(sections, OK),
    }


def peering(role: str, name: str, **fields: Any) -> Json:
    ended = {"state": "ACTIVE", "deleted": False, "server_addresses": [], "server_name": None, "peer_id": None}
    return ended | {"role": role, "name": name} | fields


def dialer(name: str, acceptor_id: str, trust_domain: str, **fields: Any) -> Json:
    server_name = f"server.dc1.peering.{trust_domain}"
    return peering("dialer", name, peer_id=acceptor_id, server_name=server_name, server_addresses=["a:1"], **fields)


def joined(clusters: Json) -> list[tuple[str, str | None, str]]:
    return [(pair.cluster, pair.peer, pair.id) for pair in pairs(clusters)]


def test_aliases_and_datacenter_names_play_no_part() -> None:
    clusters = {
        "x": cluster("t1", id1=peering("acceptor", "some-alias")),
        "y": cluster("t2", id9=dialer("other-alias", "id1", "t1")),
    }

    assert joined(clusters) == [("y", "x", "id1")]
    assert remotes(clusters) == {"x": {"id1": "y"}, "y": {"id9": "x"}}


def test_a_chain_of_three_has_two_pairs() -> None:
    clusters = {
        "a": cluster("ta", id1=peering("acceptor", "b")),
        "b": cluster("tb", id2=dialer("a", "id1", "ta"), id3=peering("acceptor", "c")),
        "c": cluster("tc", id4=dialer("b", "id3", "tb")),
    }

    assert joined(clusters) == [("b", "a", "id1"), ("c", "b", "id3")]


def test_the_same_peering_id_in_a_cloned_cluster_is_another_pair() -> None:
    clusters = {
        "original": cluster("t1", id1=peering("acceptor", "b")),
        "clone": cluster("t9", id1=peering("acceptor", "b")),
        "b": cluster("t2", id2=dialer("a", "id1", "t1")),
    }

    assert joined(clusters) == [("b", "original", "id1"), ("clone", None, "id1")]


def test_of_partitions_that_share_a_trust_domain_the_one_that_holds_the_peering_is_meant() -> None:
    clusters = {
        "default": cluster("t1"),
        "other": cluster("t1", id1=peering("acceptor", "b")),
        "third": cluster("t1", id2=dialer("a", "id1", "t1")),
    }

    assert joined(clusters) == [("third", "other", "id1")]


def test_of_a_federation_that_shares_a_trust_domain_the_datacenter_is_meant_that_the_server_name_says() -> None:
    a_secondary = cluster("t1") | {"datacenter": "dc0"}
    the_primary = cluster("t1") | {"datacenter": "dc1"}
    dialing = cluster("t2", id2=dialer("primary", "id1", "t1"))

    assert joined({"a": a_secondary, "p": the_primary, "z": dialing}) == [("z", "p", "id1")]
    assert joined({"a": a_secondary, "z": dialing}) == [("z", None, "id1")]


@pytest.mark.parametrize("ended", [{"state": "TERMINATED"}, {"state": "DELETING"}, {"deleted": True}])
def test_a_peering_that_ended_is_no_pair_but_its_other_side_is_known(ended: Json) -> None:
    clusters = {
        "a": cluster("ta", id1=peering("acceptor", "b")),
        "b": cluster("tb", id2=dialer("a", "id1", "ta", **ended)),
    }

    assert joined(clusters) == []
    assert remotes(clusters)["a"] == {"id1": "b"}


@pytest.mark.parametrize(
    ("clusters", "missing"),
    [
        ({"b": cluster("tb", id2=dialer("a", "id1", "ta"))}, "the other cluster of peering a in the scan"),
        ({"a": cluster("ta", id1=peering("acceptor", "b"))}, "the other cluster of peering b in the scan"),
        ({"a": cluster("ta", id1=peering("dialer", "b"))}, "the other cluster of peering b in the scan"),
    ],
)
def test_one_side_alone_says_what_is_missing(clusters: Json, missing: str) -> None:
    (pair,) = pairs(clusters)

    assert (pair.peer, pair.missing) == (None, missing)


@pytest.mark.parametrize("status", ["denied", "filtered", "off", "error"])
def test_a_cluster_that_hides_its_peerings_may_be_the_other_side(status: str) -> None:
    hidden = cluster(None) | {"peerings": None, "collection": {"roots": OK, "peerings": {"status": status}}}
    clusters = {"a": cluster("ta", id1=peering("acceptor", "b")), "dark": hidden}

    assert unread_clusters(clusters) == ["dark"]
    assert pairs(clusters)[0].missing == "a reading of dark, which may be the other side"


@pytest.mark.parametrize("status", ["disabled", "unsupported"])
def test_a_cluster_that_cannot_peer_is_nobodys_other_side(status: str) -> None:
    without = cluster("t") | {"peerings": None, "collection": {"roots": OK, "peerings": {"status": status}}}

    assert unread_clusters({"a": without}) == []


def test_only_what_servers_look_at_is_an_advertised_gateway() -> None:
    def gateway(partition: str, namespace: str, *wan: str | None) -> Json:
        instances = {str(number): {"wan": address} for number, address in enumerate(wan)}
        return {"partition": partition, "namespace": namespace, "instances": instances}

    one = cluster("t")
    one["gateways"] = {
        "1": gateway("", "", "b:2", "a:1", "a:1", None),
        "2": gateway("default", "default", "c:3"),
        "3": gateway("other", "default", "d:4"),
        "4": gateway("default", "other", "e:5"),
    }
    one["servers"] = {"s": {"grpc_address": "s:8503"}, "n": {"grpc_address": None}}

    facts = derived({"clusters": {"one": one}})

    assert facts["gateway_addresses"] == {"one": ["a:1", "b:2", "c:3"]}
    assert facts["server_addresses"] == {"one": ["s:8503"]}
