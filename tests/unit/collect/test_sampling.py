"""Samples of Envoys: when they are taken, which they are, and what is said of those that do not answer."""

from typing import Any

import pytest

from scanner.collect.address import parse_address
from scanner.collect.cluster import collect_cluster
from scanner.collect.fault import CallError, Kind
from scanner.collect.sampling import Sampling
from scanner.collect.target import ClusterTarget, GatewayTarget
from scanner.collect.transport import Transport
from tests.unit.collect.answers import Memory, healthy, quiet, target
from tests.unit.collect.test_envoy import ADMIN

URL = "http://127.0.0.1:2"


def told(*instances: str, partition: str = "", service: str = "mesh-gateway") -> tuple[GatewayTarget, ...]:
    admins = {instance: parse_address(URL) for instance in instances}
    return (GatewayTarget(service, partition, envoy_admin=admins),)


def connect(asked: ClusterTarget) -> Transport:
    """Return a good Envoy, or for `n/gone` one that is not there."""
    if asked.name == "n/gone":
        return Memory({"/stats": CallError("unreachable", "GET /stats: refused", "Start it")})
    return Memory(ADMIN)


def envoys(gateways: tuple[GatewayTarget, ...], sampling: Sampling) -> dict[str, Any]:
    return collect_cluster(target(gateways=gateways), Memory(healthy()), quiet, sampling)


def test_without_an_address_nobody_is_asked() -> None:
    cluster = envoys((), Sampling(connect=connect))

    assert (cluster["envoy"], cluster["probe"]) == (None, None)
    assert {cluster["collection"][name]["status"] for name in ("envoy", "probe")} == {"off"}


def test_one_sample_does_not_wait() -> None:
    waits: list[float] = []
    cluster = envoys(told("n/a"), Sampling(0.0, waits.append, connect))

    assert len(cluster["envoy"]["//mesh-gateway"]["n/a"]["samples"]) == 1
    assert waits == []


def test_two_samples_of_all_cost_one_wait() -> None:
    waits: list[float] = []
    cluster = envoys(told("n/a", "n/b"), Sampling(16.0, waits.append, connect))

    assert waits == [16.0]
    assert {len(envoy["samples"]) for envoy in cluster["envoy"]["//mesh-gateway"].values()} == {2}
    assert cluster["collection"]["envoy"]["status"] == "ok"


def test_one_that_is_gone_is_named_and_spoils_no_other() -> None:
    cluster = envoys(told("n/a", "n/gone"), Sampling(16.0, lambda _: None, connect))
    found = cluster["envoy"]["//mesh-gateway"]

    told_nothing: dict[str, Any] = {"version": None, "routes": {}, "connections": {}, "samples": []}
    assert found["n/gone"] == told_nothing | {"fault": "GET /stats: refused", "stranger": False}
    assert (found["n/a"]["version"], len(found["n/a"]["samples"])) == ("1.36.4", 2)
    assert cluster["collection"]["envoy"]["status"] == "error"
    assert cluster["collection"]["envoy"]["detail"] == "Envoy of n/gone: GET /stats: refused"


@pytest.mark.parametrize(
    ("kind", "stranger"),
    [
        ("not_found", True),
        ("unsupported", True),
        ("not_json", True),
        ("shape", True),
        ("status", False),
        ("tls", False),
    ],
)
def test_what_answers_as_no_envoy_would_is_a_stranger(kind: Kind, stranger: bool) -> None:  # noqa: FBT001
    error = CallError(kind, "GET /stats: no")
    cluster = envoys(told("n/a"), Sampling(connect=lambda _: Memory({"/stats": error})))

    assert cluster["envoy"]["//mesh-gateway"]["n/a"]["stranger"] is stranger


def test_the_default_partition_may_be_spelled_out() -> None:
    cluster = envoys(told("n/a", partition="default"), Sampling(connect=connect))

    assert list(cluster["envoy"]) == ["//mesh-gateway"]


def test_a_gateway_that_consul_does_not_have_keeps_its_own_key() -> None:
    cluster = envoys(told("n/a", service="other"), Sampling(connect=connect))

    assert list(cluster["envoy"]) == ["//other"]


def test_gateways_that_may_not_be_read_have_no_envoys() -> None:
    answers = healthy() | {"/v1/catalog/services": CallError("status", "GET it: no", "")}
    cluster = collect_cluster(target(gateways=told("n/a")), Memory(answers), quiet, Sampling(connect=connect))

    assert cluster["envoy"] is None
    assert cluster["collection"]["envoy"]["status"] == "error"


def test_consul_is_not_asked_for_heartbeats_that_it_would_refuse() -> None:
    memory = Memory(healthy("1.22.7", "node:read", "service:read"))
    cluster = collect_cluster(target(gateways=told("n/a")), memory, quiet, Sampling(connect=connect))
    assert cluster["collection"]["peerings"]["status"] == "denied"
    assert [sample["heartbeats"] for sample in cluster["envoy"]["//mesh-gateway"]["n/a"]["samples"]] == [{}]
    assert "/v1/peerings" not in memory.paths
