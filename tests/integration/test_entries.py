"""Rules about entries, order and certificates, on clusters that were really brought into each state."""

import subprocess
from collections.abc import Iterator

import pytest

from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.evaluate.verdicts import RuleSet
from scanner.pipeline import Judgement, utc_now
from tests.playground import Cluster, ClusterSpec, Playground, PlaygroundSpec, broken, pair_spec, wait_until
from tests.playground.startup import MESH_ENTRY, start_gateways
from tests.scanning import pair_snapshot


class Scan:
    """Statuses of some rules about a playground, by rule and cluster; the messages of what failed are in `told`."""

    def __init__(self, engine: Engine, policies: PolicySet) -> None:
        self.engine, self.policies = engine, policies
        self.told: list[str] = []

    def __call__(self, playground: Playground, *wanted: str, **parameters: int) -> dict[tuple[str, str], str]:
        rule_set = RuleSet(catalogue(self.policies), self.policies, {"MGP-502": parameters})
        document = Judgement(self.engine, rule_set, "medium").results(pair_snapshot(playground), utc_now())
        found = [result for result in document["results"] if result["rule"] in wanted]
        self.told = [result["message"] for result in found if result["status"] == "fail"]
        return {(result["rule"], result["subject"]["cluster"]): result["status"] for result in found}


@pytest.fixture
def scan(embedded: Engine, policy_set: PolicySet) -> Scan:
    return Scan(embedded, policy_set)


@pytest.fixture(scope="module")
def late(playgrounds: type[Playground]) -> Iterator[Playground]:
    """A pair that was peered before either side had its entry."""
    with playgrounds(
        pair_spec(ClusterSpec("dc1", mesh_entry=False), ClusterSpec("dc2", mesh_entry=False))
    ) as playground:
        yield playground


def test_entries_that_come_late_are_told_as_history(late: Playground, scan: Scan) -> None:
    order = ("MGP-401", "MGP-402")
    for cluster in late.clusters.values():
        cluster.delete_mesh_entry()
    assert set(scan(late, *order).values()) == {"not_applicable"}

    for cluster in late.clusters.values():
        cluster.write_mesh_entry(MESH_ENTRY)

    assert scan(late, *order) == {
        ("MGP-401", "dc1"): "fail",
        ("MGP-401", "dc2"): "not_applicable",
        ("MGP-402", "dc1"): "not_applicable",
        ("MGP-402", "dc2"): "fail",
    }
    assert "the mesh entry of dc1 came after its peering dc2: the token may have named servers" in scan.told


def test_a_mode_instead_of_the_entry_is_told(late: Playground, scan: Scan) -> None:
    dc1 = late.clusters["dc1"]
    dc1.delete_mesh_entry()
    dc1.api("PUT", "/v1/config", {"Kind": "proxy-defaults", "Name": "global", "MeshGateway": {"Mode": "local"}})
    wait_until("the mode is told", lambda: scan(late, "MGP-304")["MGP-304", "dc1"], lambda status: status == "fail")
    assert scan(late, "MGP-304")["MGP-304", "dc2"] == "pass"

    dc1.write_mesh_entry(MESH_ENTRY)

    assert scan(late, "MGP-304")["MGP-304", "dc1"] == "pass"


def test_a_root_that_ends_is_told_in_time(healthy_pair: Playground, scan: Scan) -> None:
    assert scan(healthy_pair, "MGP-502")["MGP-502", "dc2"] == "pass"
    assert scan(healthy_pair, "MGP-502", ca_expiry_days=3700)["MGP-502", "dc2"] == "fail"
    assert scan.told == ["the active root of dc1 ends in less than 3700 days"]


@pytest.fixture(scope="module")
def own(playgrounds: type[Playground]) -> Iterator[Playground]:
    """A healthy pair whose certificate authority a test may change for good."""
    with playgrounds(pair_spec()) as playground:
        yield playground


def test_a_root_that_was_rotated_while_the_stream_was_down_is_told_until_it_is_back(
    own: Playground, scan: Scan
) -> None:
    with broken(own, "gateway-killed"):
        rotate_root(own.clusters["dc1"])
        assert scan(own, "MGP-502")["MGP-502", "dc2"] == "fail"
        assert scan.told == ["dc2 does not know the active root of dc1"]

    wait_until("the root is handed on", lambda: scan(own, "MGP-502")["MGP-502", "dc2"], lambda status: status == "pass")


def rotate_root(cluster: Cluster) -> None:
    """Have the cluster's authority take a new key, and so a new root, which the old one signs across."""
    before = cluster.api("GET", "/v1/connect/ca/roots")["ActiveRootID"]
    made = subprocess.run(
        ["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout"], check=True, capture_output=True, text=True
    )
    cluster.api("PUT", "/v1/connect/ca/configuration", {"Provider": "consul", "Config": {"PrivateKey": made.stdout}})
    roots = cluster.api("GET", "/v1/connect/ca/roots")
    assert roots["ActiveRootID"] != before


@pytest.fixture
def bare(playgrounds: type[Playground]) -> Iterator[Playground]:
    """A cluster with the entry and a gateway that is not registered, whose Consul refused a peering token."""
    with playgrounds(PlaygroundSpec((ClusterSpec("bare"),))) as playground:
        cluster = playground.clusters["bare"]
        for gateway in cluster.gateways:
            gateway.deregister()
        wait_until(
            "no gateway is there", lambda: cluster.api("GET", "/v1/health/service/mesh-gateway"), lambda f: not f
        )
        assert cluster.request("POST", "/v1/peering/token", {"PeerName": "orphan"}).status_code == 500
        yield playground


def test_a_refused_token_leaves_an_orphan_until_it_is_made(bare: Playground, scan: Scan) -> None:
    cluster = bare.clusters["bare"]
    assert scan(bare, "MGP-403") == {("MGP-403", "bare"): "fail"}
    assert scan.told == ["peering orphan of bare waits without a gateway to name: Consul makes no token for it"]

    for gateway in cluster.gateways:
        gateway.kill()
    start_gateways(cluster)
    assert scan(bare, "MGP-403") == {("MGP-403", "bare"): "unknown"}

    cluster.api("POST", "/v1/peering/token", {"PeerName": "orphan"})
    assert scan(bare, "MGP-403") == {("MGP-403", "bare"): "pass"}
