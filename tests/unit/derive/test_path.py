"""Which way a stream takes: every verdict, and what is missing to reach one."""

import copy
from collections.abc import Callable

import pytest

from scanner.derive.facts import derived
from scanner.model.document import Json
from scanner.schemas import fault

SECOND = 10**9
NAME = "server.dc1.peering.t1"
GATEWAY, SERVER = "192.0.2.1:8443", "192.0.2.1:8503"
SECTIONS = ("access", "roots", "gateways", "peerings")
Change = Callable[[Json], object]


def gateway(*instances: str, partition: str = "", wan: str = GATEWAY) -> Json:
    return {"partition": partition, "namespace": "", "instances": {name: {"wan": wan} for name in instances}}


def envoy(received: int = 107, sent: int = 107, heard_s: int = 15, window_s: int = 16) -> Json:
    def sample(at_s: int, heard: int, bytes_: Json) -> Json:
        return {"at_ns": at_s * SECOND, "heartbeats": {"d1": heard * SECOND}, "bytes": {NAME: bytes_}}

    first = sample(100, 99, {"received": 1000, "sent": 1000})
    last = sample(100 + window_s, 99 + heard_s, {"received": 1000 + received, "sent": 1000 + sent})
    return {"version": "1.36.4", "fault": "", "routes": {NAME: [GATEWAY]}, "samples": [first, last]}


def cluster(trust_domain: str, peerings: Json, gateways: Json, **fields: Json) -> Json:
    collection = {section: {"status": "ok"} for section in SECTIONS}
    told = {"trust_domain": trust_domain, "peerings": peerings, "gateways": gateways, "collection": collection}
    return told | {"servers": {"s": {"grpc_address": SERVER}}} | fields


def clusters(*envoys: Json) -> Json:
    """Return dc2, which dials dc1 through as many gateways as there are `envoys`."""
    ended: Json = {"state": "ACTIVE", "deleted": False, "server_addresses": [GATEWAY]}
    dialer = ended | {"role": "dialer", "name": "dc1", "peer_id": "a1", "server_name": NAME}
    acceptor = ended | {"role": "acceptor", "name": "dc2", "peer_id": None, "server_name": None}
    names = [f"n/gw-{number}" for number in range(1, len(envoys) + 1)]
    sampled = {"//gw": {name: told for name, told in zip(names, envoys, strict=True) if told}}
    return {
        "dc1": cluster("t1", {"a1": acceptor}, {"//gw": gateway("n/gw")}),
        "dc2": cluster("t2", {"d1": dialer}, {"//gw": gateway(*names, wan="198.51.100.1:8443")}, envoy=sampled),
    }


def path(found: Json) -> Json:
    facts = derived({"clusters": found})
    assert fault(facts, "derived") is None
    path: Json = facts["path"]["dc2"]["a1"]
    return path


def without_route() -> Json:
    return envoy() | {"routes": {}}


def connected(times: int, told: Json) -> Json:
    """Return an Envoy with so many open connections that it made since it leads where it does."""
    return told | {"connections": {NAME: times}}


SILENT = envoy(0, 0)
CASES: dict[str, tuple[tuple[Json, ...], str, str]] = {
    "carried both ways": ((envoy(),), "proven", ""),
    "one of two carried it": ((SILENT, envoy()), "proven", ""),
    "one carried it and the other is not sampled": ((envoy(), {}), "proven", ""),
    "one carried it and the other started anew": ((envoy(), envoy(-1000, -1000)), "proven", ""),
    "carried by a connection of this route": ((connected(1, envoy()),), "proven", ""),
    "carried by an older connection": ((connected(0, envoy()),), "unknown", "dc2 made since they lead to dc1"),
    "the one that carried has a connection": ((connected(0, SILENT), connected(1, envoy())), "proven", ""),
    "the one that carried has none": ((connected(1, SILENT), connected(0, envoy())), "unknown", "may go where they"),
    "one of two that carried has one": ((connected(1, envoy()), connected(0, envoy())), "proven", ""),
    "nothing carried": ((SILENT,), "bypassed", "no gateway of dc2 carried a byte"),
    "neither of two carried": ((SILENT, SILENT), "bypassed", "no gateway of dc2 carried a byte"),
    "silent without a route": ((SILENT | {"routes": {}},), "bypassed", "no gateway of dc2 carried a byte"),
    "leads to a server": ((envoy() | {"routes": {NAME: [SERVER]}},), "bypassed", f"servers of dc1: {SERVER}"),
    "one of two not sampled": ((SILENT, {}), "unknown", "gateway n/gw-2 of dc2: its envoy_admin"),
    "one of two not reached": ((SILENT, SILENT | {"fault": "refused", "samples": []}), "unknown", "Envoy (refused)"),
    "started anew": ((envoy(-1000, -1000),), "unknown", "its counters fell"),
    "one counter fell": ((envoy(107, -1),), "unknown", "its counters fell"),
    "carried without a route": ((without_route(),), "unknown", "none shows in their Envoys"),
    "leads elsewhere": ((envoy() | {"routes": {NAME: ["203.0.113.1:1"]}},), "unknown", "203.0.113.1:1"),
    "one direction only": ((envoy(107, 0),), "unknown", "in one only"),
    "no heartbeat came": ((envoy(heard_s=0),), "unknown", "a heartbeat of peering dc1 of dc2"),
    "no heartbeat and no byte": ((envoy(0, 0, heard_s=0),), "unknown", "a heartbeat of peering dc1 of dc2"),
    "window too short": ((envoy(0, 0, window_s=15),), "unknown", "a window of 16 s"),
    "no gateway": ((), "unknown", "a mesh gateway in dc2"),
}


@pytest.mark.parametrize(("envoys", "verdict", "words"), CASES.values(), ids=CASES)
def test_the_verdict_and_its_reason(envoys: tuple[Json, ...], verdict: str, words: str) -> None:
    found = path(clusters(*copy.deepcopy(envoys)))

    assert found["verdict"] == verdict
    assert words in (found["missing"] if verdict == "unknown" else found["past"])
    assert bool(found["missing"]) == (verdict == "unknown")


def test_bytes_without_a_counter_before_are_bytes() -> None:
    appeared = envoy(107 - 1000, 107 - 1000)
    appeared["samples"][0]["bytes"] = {}

    assert path(clusters(appeared))["carried"] == {"n/gw-1": {"received": 107, "sent": 107}}


def test_one_sample_proves_nothing() -> None:
    once = envoy()
    del once["samples"][1]

    assert "a second sample" in path(clusters(once))["missing"]


def test_a_heartbeat_that_was_never_heard_is_none() -> None:
    new = envoy(0, 0)
    new["samples"][0]["heartbeats"] = {"d1": None}

    assert "a heartbeat" in path(clusters(new))["missing"]


def hide(section: str, name: str) -> Change:
    return lambda found: found[name]["collection"].update({section: {"status": "filtered"}})


UNSEEN: dict[str, tuple[Change, str]] = {
    "the acceptor's gateways": (hide("gateways", "dc1"), "a reading of the gateways of dc1"),
    "the acceptor": (lambda found: found.pop("dc1"), "the other cluster of peering dc1"),
}


@pytest.mark.parametrize(("change", "words"), UNSEEN.values(), ids=UNSEEN)
def test_what_is_hidden_is_never_proven(change: Change, words: str) -> None:
    found = clusters(envoy())
    change(found)

    assert words in path(found)["missing"]


def test_a_gateway_that_may_be_hidden_may_have_carried_it() -> None:
    found = clusters(SILENT)
    hide("gateways", "dc2")(found)

    assert "a reading of the gateways of dc2" in path(found)["missing"]


def test_a_gateway_of_another_partition_knows_no_peer_and_is_not_asked() -> None:
    found = clusters(SILENT)
    found["dc2"]["gateways"]["other//gw"] = gateway("n/other", partition="other")

    assert path(found)["verdict"] == "bypassed"


def test_an_address_that_is_a_gateways_too_is_no_server() -> None:
    found = clusters(envoy())
    found["dc1"]["servers"]["s"]["grpc_address"] = GATEWAY

    assert path(found)["verdict"] == "proven"
