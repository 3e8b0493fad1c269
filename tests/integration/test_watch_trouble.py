"""Trouble with a real Consul: it is told as it is, asked slowly, and over when it is over, with no hand of anybody."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from scanner.collect.address import parse_address
from scanner.collect.credentials import TokenFile
from scanner.collect.target import ClusterTarget, Timeouts, Tls
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from tests import scanning
from tests.faults import behaviours
from tests.faults.between import Between, forward
from tests.faults.server import Behaviour
from tests.integration.following import following, gone, whole
from tests.playground import ClusterSpec, PeeringSpec, Playground, PlaygroundSpec, wait_until
from tests.playground.cluster import Cluster
from tests.playground.spec import CONSUL

INTERVAL_S = 2.0
WATCHES = 4
OUTAGE_S = 4.0
MOST_REQUESTS = 40
"""In an outage of four seconds: some two a second by full readings, and each watch a few before it waits for long."""
QUICK = Timeouts(connect_s=2.0, read_s=2.0, total_s=4.0)
"""Soon over, and yet no healthy answer takes as long, by a proxy in Python on a host with other work to do."""
TROUBLE: dict[str, Behaviour] = {
    "leaderless": behaviours.text("No cluster leader", 500),
    "limited": behaviours.text("Resource Exhausted", 429),
    "broken": behaviours.text("rpc error: i/o timeout", 500),
    "unavailable": behaviours.text("", 503),
    "HTML": behaviours.html(),
    "half an answer": behaviours.cut_off(hard=False),
    "reset": behaviours.cut_off(hard=True),
    "slow": behaviours.drip(),
    "slow in its header": behaviours.drip_header(),
}


@pytest.fixture(scope="module")
def cluster(playgrounds: type[Playground]) -> Iterator[Cluster]:
    with playgrounds(PlaygroundSpec((ClusterSpec("dc1", gateways=0),))) as playground:
        yield playground.clusters["dc1"]


@pytest.fixture
def between(cluster: Cluster) -> Iterator[Between]:
    with Between(cluster.address) as proxy:
        yield proxy


def target(cluster: Cluster, proxy: Between | None = None) -> ClusterTarget:
    address = parse_address(proxy.address if proxy else cluster.address)
    return ClusterTarget("dc1", address, TokenFile(cluster.scanner_token_file), timeouts=QUICK)


def events(logs: list[Any], event: str) -> list[Any]:
    return [entry for entry in logs if entry["event"] == event]


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE)
def test_an_outage_is_told_once_and_ends_by_itself(cluster: Cluster, between: Between, trouble: Behaviour) -> None:
    with following(target(cluster, between), INTERVAL_S) as seen, capture_logs() as logs:
        seen.settle()
        with between.broken(trouble):
            seen.until(gone)
            before, started = len(between.requests), time.monotonic()
            while time.monotonic() - started < OUTAGE_S:
                seen.live.wait()
                seen.snapshot = seen.live.look().snapshot
                assert gone(seen.cluster)
            assert len(between.requests) - before < MOST_REQUESTS
        ended = time.time()
        seen.until(whole)
        # A watch that is still in trouble fails only when its patience ends, some 11 s after it asked.
        seen.until(lambda _cluster: all(one.last_answer_unix > ended for one in seen.watches))
        seen.settle()
    assert len(events(logs, "cluster is read otherwise")) == 2, "gone, back"
    assert len(events(logs, "watch fails")) == len(events(logs, "watch answers again")) <= WATCHES


def test_one_section_in_trouble_leaves_the_others(cluster: Cluster, between: Between) -> None:
    with following(target(cluster, between), INTERVAL_S) as seen:
        with between.broken_at("/v1/peerings", TROUBLE["leaderless"]):
            seen.until(lambda found: found["collection"]["peerings"]["status"] == "error")
            assert seen.cluster["peerings"] is None
            assert seen.cluster["mesh"] is not None
        seen.until(whole)


def test_nothing_passes_that_was_not_looked_at(
    cluster: Cluster, between: Between, embedded: Engine, policy_set: PolicySet
) -> None:
    declared = replace(target(cluster, between), declared_peers=("elsewhere",))
    with following(declared, INTERVAL_S) as seen:
        assert "pass" in found(embedded, policy_set, seen.snapshot)
        with between.broken(TROUBLE["leaderless"]):
            seen.until(gone)
            assert found(embedded, policy_set, seen.snapshot) <= {"unknown", "not_applicable"}


def found(engine: Engine, policies: PolicySet, snapshot: Any) -> set[str]:
    return {result["status"] for result in scanning.results(engine, policies, snapshot)["results"]}


@pytest.fixture(scope="module")
def acceptor(playgrounds: type[Playground]) -> Iterator[Cluster]:
    bare = [ClusterSpec(name, gateways=0, mesh_entry=False) for name in ("dc1", "dc2")]
    with playgrounds(PlaygroundSpec(tuple(bare), (PeeringSpec("dc1", "dc2"),))) as playground:
        yield playground.clusters["dc1"]


@pytest.mark.parametrize(("off_s", "at_first"), [(90, "fail"), (-600, "unknown")], ids=["fast", "slow"])
def test_a_stream_lives_whatever_time_the_agent_that_is_asked_takes_it_to_be(
    acceptor: Cluster, embedded: Engine, policy_set: PolicySet, off_s: int, at_first: str
) -> None:
    def stream(snapshot: Any) -> str:
        results = scanning.results(embedded, policy_set, snapshot)["results"]
        return next(str(result["status"]) for result in results if result["rule"] == "MGP-406")

    with Between(acceptor.address) as proxy:
        off = forward(acceptor.address, Date=formatdate(time.time() + off_s, usegmt=True))
        with proxy.broken(off), following(target(acceptor, proxy), 4 * INTERVAL_S) as seen:
            assert stream(seen.snapshot) == at_first
            seen.until(lambda _cluster: stream(seen.snapshot) == "pass")


def test_a_token_that_is_revoked_and_given_back(cluster: Cluster) -> None:
    kept = cluster.api("GET", "/v1/acl/token/self", token=cluster.scanner_token)
    with following(target(cluster), INTERVAL_S) as seen:
        cluster.api("DELETE", f"/v1/acl/token/{kept['AccessorID']}")
        seen.until(gone)
        assert "ACL not found" in seen.cluster["collection"]["access"]["detail"]
        given = {key: kept[key] for key in ("AccessorID", "SecretID", "Policies")}
        cluster.api("PUT", "/v1/acl/token", given)
        seen.until(whole)
        seen.settle()


def test_a_token_that_is_rotated_in_its_file(cluster: Cluster, tmp_path: Path) -> None:
    old = cluster.create_token("rotating", 'operator = "read"')
    file = tmp_path / "token"
    file.write_text(old.secret)
    rotating = replace(target(cluster), token=TokenFile(file))
    with following(rotating, INTERVAL_S) as seen:
        assert seen.cluster["access"]["missing"]
        (tmp_path / "new").write_text(cluster.scanner_token)
        (tmp_path / "new").replace(file)
        seen.until(lambda found: found["access"] and not found["access"]["missing"])
        file.unlink()
        seen.until(gone)
        file.write_text(cluster.scanner_token)
        seen.until(whole)


def test_a_consul_that_is_gone_and_comes_back_with_a_lower_index(playgrounds: type[Playground]) -> None:
    spec = PlaygroundSpec((ClusterSpec("dc1", gateways=0, acl=False),))
    with playgrounds(spec) as playground:
        cluster = playground.clusters["dc1"]
        for number in range(30):  # Consul counts no write that changes nothing
            cluster.api("PUT", "/v1/config", {"Kind": "proxy-defaults", "Name": "global", "Config": {"n": number}})
        bare = ClusterTarget("dc1", parse_address(cluster.address), timeouts=QUICK)
        with following(bare, INTERVAL_S) as seen:
            seen.settle()
            high = seen.cluster["collection"]["mesh"]["index"]
            cluster.agents[0].kill()
            seen.until(gone)
            cluster.agents[0].start()
            wait_until("it is up again", lambda: not cluster.missing_agents())
            seen.until(lambda now: whole(now) and now["mesh"] is None)
            seen.settle()
            cluster.api("PUT", "/v1/config", {"Kind": "mesh", "Peering": {"PeerThroughMeshGateways": True}})
            seen.until(lambda now: now["mesh"] is not None)
            assert seen.cluster["collection"]["mesh"]["index"] < high


def test_certificates_that_are_rotated(playgrounds: type[Playground], tmp_path: Path) -> None:
    with playgrounds(PlaygroundSpec((ClusterSpec("dc1", gateways=0, transport="mtls"),))) as playground:
        cluster = playground.clusters["dc1"]
        certificates = cluster.certificates
        assert certificates is not None
        ca, cert, key = tmp_path / "ca.pem", tmp_path / "cert.pem", tmp_path / "key.pem"
        shutil.copy(certificates.ca_file, ca)
        shutil.copy(certificates.client_cert_file, cert)
        shutil.copy(certificates.client_key_file, key)
        mutual = replace(target(cluster), tls=Tls(ca_file=ca, cert_file=cert, key_file=key))
        with following(mutual, INTERVAL_S) as seen:
            assert whole(seen.cluster)
            key.write_text("half a rotation")
            seen.until(gone)
            assert "client certificate" in seen.cluster["collection"]["access"]["detail"]
            shutil.copy(certificates.client_key_file, key)
            seen.until(whole)
            seen.settle()


OF_THE_TOKEN = {"MGP-701"}
"""What is judged by the scanner's own grants alone."""


def blind(seen: Any) -> bool:
    """Tell whether nothing could be read that the servers have to agree on."""
    sections = ("roots", "servers", "gateways", "mesh", "proxy_defaults", "peerings")
    return {seen["collection"][section]["status"] for section in sections} == {"error"}


def test_a_cluster_that_really_has_no_leader(
    playgrounds: type[Playground], embedded: Engine, policy_set: PolicySet
) -> None:
    """Two servers of three end: the one that is asked knows its tokens by heart still, and else nothing for sure."""
    spec = PlaygroundSpec((ClusterSpec("dc1", servers=(CONSUL,) * 3, on_disk=True, gateways=0),))
    with playgrounds(spec) as playground:
        cluster = playground.clusters["dc1"]
        patient = replace(target(cluster), declared_peers=("elsewhere",), timeouts=Timeouts())
        with following(patient, INTERVAL_S) as seen, capture_logs() as logs:
            seen.settle()
            assert "pass" in found(embedded, policy_set, seen.snapshot)
            for agent in cluster.agents[1:]:
                agent.kill()
            seen.until(blind, 60)
            assert seen.cluster["access"] is not None
            results = scanning.results(embedded, policy_set, seen.snapshot)["results"]
            assert {result["rule"] for result in results if result["status"] == "pass"} <= OF_THE_TOKEN
            assert "fail" not in {result["status"] for result in results}
            for agent in cluster.agents[1:]:
                agent.start()
            seen.until(whole, 60)
            seen.settle()
    assert {entry["watch"] for entry in events(logs, "watch fails")} <= {"mesh", "proxy_defaults", "roots", "servers"}
