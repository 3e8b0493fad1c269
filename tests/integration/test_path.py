"""The way of a stream, on real clusters: proven, bypassed, and unknown where nothing less would be true."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from scanner.collect.address import parse_address
from scanner.collect.probe import probe
from scanner.collect.sampling import Sampling
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.model.document import Json
from tests.playground import Playground, broken, pair_spec, wait_until
from tests.playground.path import path_faults, renew_stream
from tests.playground.spec import ClusterSpec
from tests.playground.startup import MESH_ENTRY
from tests.scanning import pair_snapshot, results, snapshot, target

WINDOW = Sampling(16.0)
RULE = "MGP-405"
Judge = Callable[[Json], Json]


@pytest.fixture
def judge(embedded: Engine, policy_set: PolicySet) -> Judge:
    return lambda document: results(embedded, policy_set, document)


def of_pair(found: Json, rule: str) -> Json:
    """Return the one result of a rule about the pair."""
    (result,) = [result for result in found["results"] if result["rule"] == rule]
    return dict(result)


def failing(found: Json) -> set[str]:
    return {result["rule"] for result in found["results"] if result["status"] in {"fail", "error"}}


def heartbeats(playground: Playground) -> list[int | None]:
    return [
        peering["last_heartbeat_ns"]
        for cluster in pair_snapshot(playground)["clusters"].values()
        for peering in cluster["peerings"].values()
    ]


def await_heartbeats(playground: Playground) -> None:
    wait_until("both sides heard a heartbeat", lambda: heartbeats(playground), all)


def test_a_healthy_pair_is_proven(healthy_pair: Playground, judge: Judge) -> None:
    # Other tests take entries away.
    renew_stream(healthy_pair.peerings[0])
    healthy_pair.await_healthy()
    await_heartbeats(healthy_pair)

    found = judge(pair_snapshot(healthy_pair, WINDOW))

    assert {
        result["rule"] for result in found["results"] if result["status"] not in {"pass", "not_applicable"}
    } == set()
    assert (of_pair(found, RULE)["status"], of_pair(found, "MGP-407")["status"]) == ("pass", "pass")


def test_a_prometheus_page_counts_the_same_bytes(healthy_pair: Playground) -> None:
    admin = target(healthy_pair, "dc2")
    (gateway,) = admin.gateways
    pages = {name: parse_address(f"{address.text}/stats/prometheus") for name, address in gateway.envoy_admin.items()}

    (told,) = samples(snapshot([admin]))
    (counted,) = samples(snapshot([replace(admin, gateways=(replace(gateway, envoy_admin=pages),))]))

    assert told["bytes"].keys() == counted["bytes"].keys() != set()
    for name, before in told["bytes"].items():
        assert 0 < before["received"] <= counted["bytes"][name]["received"] < before["received"] + 1000


def samples(document: Json) -> list[Json]:
    (envoy,) = document["clusters"]["dc2"]["envoy"]["//mesh-gateway"].values()
    return list(envoy["samples"])


def test_no_route_is_not_bypassed_while_the_stream_goes_on(healthy_pair: Playground, judge: Judge) -> None:
    await_heartbeats(healthy_pair)
    with broken(healthy_pair, "entry-missing-dialing"):
        found = judge(pair_snapshot(healthy_pair, WINDOW))

    assert of_pair(found, RULE)["status"] == "unknown"
    assert "none shows in their Envoys" in of_pair(found, RULE)["needed"]
    assert failing(found) == {"MGP-301", "MGP-303"}


def test_an_envoy_that_started_anew_proves_nothing(playgrounds: type[Playground], judge: Judge) -> None:
    # Not the shared pair: the stream may come back past the restarted gateway, and stay there however often it is cut.
    with playgrounds(pair_spec()) as pair:
        gateway = pair.clusters["dc2"].gateways[0]

        sampled = threading.Barrier(2)

        def restart(seconds: float) -> None:
            # Each cluster waits in a thread of its own; the Envoy is to restart once, after both first samples.
            if sampled.wait(30) == 0:
                gateway.kill()
                gateway.start()
            time.sleep(seconds)

        found = of_pair(judge(pair_snapshot(pair, Sampling(16.0, sleep=restart))), RULE)

    assert found["status"] == "unknown"
    assert "its counters fell" in found["needed"]


def test_a_dead_gateway_refuses_the_probe(healthy_pair: Playground, judge: Judge) -> None:
    with broken(healthy_pair, "gateway-killed"):
        found = of_pair(judge(pair_snapshot(healthy_pair)), "MGP-407")

    assert found["status"] == "fail"
    assert set(found["evidence"]["probed"].values()) == {"refused"}


def test_the_probe_knows_a_route_a_missing_one_and_a_stranger(healthy_pair: Playground) -> None:
    dialer = healthy_pair.peerings[0].at_dialer()
    name, roots = dialer["PeerServerName"], "\n".join(dialer["PeerCAPems"])
    strangers = healthy_pair.clusters["dc2"].api("GET", "/v1/connect/ca/roots")["Roots"][0]["RootCert"]
    (address,) = healthy_pair.clusters["dc1"].advertised_addresses()

    assert probe(address, name, roots) == "ok"
    assert probe(address, "server.other.peering.example", roots) == "reset"
    assert probe(address, name, strangers) == "certificate"


def test_no_certificate_enters_a_snapshot(healthy_pair: Playground) -> None:
    assert "BEGIN CERTIFICATE" not in str(pair_snapshot(healthy_pair))


def test_entries_written_after_the_peering_leave_the_stream_past_both_gateways(
    playgrounds: type[Playground], judge: Judge
) -> None:
    accepting, dialing = ClusterSpec("dc1", mesh_entry=False), ClusterSpec("dc2", mesh_entry=False, gateways=2)
    with playgrounds(pair_spec(accepting, dialing)) as pair:
        for cluster in pair.clusters.values():
            cluster.write_mesh_entry(MESH_ENTRY)
        wait_until("the dialer knows the gateways", pair.peerings[0].dialed_addresses, wanted(pair).__eq__)
        await_heartbeats(pair)
        assert path_faults(pair.peerings[0]) != []

        document = pair_snapshot(pair, WINDOW)
        found = judge(document)
        without_one = forgotten(document, "dc2-server-1/mesh-gateway-2")

        assert of_pair(found, RULE)["status"] == "fail"
        assert "no gateway of dc2 carried a byte" in of_pair(found, RULE)["message"]
        assert failing(found) == {RULE, "MGP-401", "MGP-402"}
        assert of_pair(judge(without_one), RULE)["status"] == "unknown"
        assert "mesh-gateway-2 of dc2: its envoy_admin" in of_pair(judge(without_one), RULE)["needed"]


def wanted(playground: Playground) -> frozenset[str]:
    return playground.clusters["dc1"].advertised_addresses()


def forgotten(document: Json, instance: str) -> Json:
    """Return a snapshot of which the operator did not tell where one instance's Envoy is."""
    dialing = document["clusters"]["dc2"]
    kept = {
        key: {name: told for name, told in envoys.items() if name != instance}
        for key, envoys in dialing["envoy"].items()
    }
    return document | {"clusters": document["clusters"] | {"dc2": dialing | {"envoy": kept}}}
