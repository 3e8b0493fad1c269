"""Gateways, their addresses and checks, as live Consuls answered and as none should."""

from typing import Any

import pytest

from scanner.collect.client import ConsulClient
from scanner.collect.fault import CallError
from scanner.collect.gateways import NAMES_PATH, Gateways, Host, read_gateways
from tests.faults.consul import recorded
from tests.unit.collect.answers import Answers, Memory, client, healthy, said

HEALTH = "/v1/health/service/mesh-gateway"


def entry(node: dict[str, Any] | None = None, service: dict[str, Any] | None = None, *checks: Any) -> dict[str, Any]:
    own = {"Kind": "mesh-gateway", "ID": "gw", "Service": "mesh-gateway", "Address": "", "Port": 8443}
    return {
        "Node": {"Node": "n1", "Address": "10.0.0.1", **(node or {})},
        "Service": own | (service or {}),
        "Checks": list(checks),
    }


def gateways(*entries: Any) -> Gateways:
    return read_gateways(client({NAMES_PATH: {"mesh-gateway": []}, HEALTH: list(entries)}))[0]


def instance(found: Gateways) -> dict[str, Any]:
    instances: dict[str, Any] = found.by_key["//mesh-gateway"]["instances"]
    (only,) = instances.values()
    return dict(only)


@pytest.mark.parametrize("version", ["1.22.7", "1.14.8"])
def test_recorded_answers(version: str) -> None:
    found, mark = read_gateways(client(healthy(version)))
    gateway = found.by_key["//mesh-gateway"]
    services = [row["Service"] for row in recorded(version)[HEALTH]]
    indexes = [service["CreateIndex"] for service in services if service.get("Kind") == "mesh-gateway"]
    server = "dc1-server" if version == "1.22.7" else "dc2-server"
    assert (gateway["service"], gateway["partition"], gateway["namespace"]) == ("mesh-gateway", "", "")
    assert gateway["instances"] == {
        f"{server}/mesh-gateway": {
            "node": server,
            "service_id": "mesh-gateway",
            "lan": "127.0.0.1:8443",
            "wan": "203.0.113.5:8444",
            "checks": {
                "serfHealth": {"name": "Serf Health Status", "status": "passing", "scope": "node"},
                "service:mesh-gateway": {"name": "it", "status": "passing", "scope": "service"},
            },
            "create_index": indexes[0],
            "registered_by": "agent",
            "proxy_config": {"envoy_gateway_no_default_bind": True},
        },
        "k8s-virtual/gw-2": {
            "node": "k8s-virtual",
            "service_id": "gw-2",
            "lan": "gw.example.com:8443",
            "wan": "gw.example.com:8443",
            "checks": {"ready": {"name": "ready", "status": "critical", "scope": "service"}},
            "create_index": indexes[1],
            "registered_by": "dataplane",
            "proxy_config": {},
        },
    }
    own_version = "1.22.7" if version == "1.22.7" else ""
    assert found.hosts == {
        server: Host(own_version, synthetic=False, serf_status="passing"),
        "k8s-virtual": Host("", synthetic=True, serf_status=None),
    }
    assert not mark.filtered


def test_what_is_asked() -> None:
    memory = Memory(healthy())
    read_gateways(ConsulClient(memory))
    assert [(request.path, dict(request.query)) for request in memory.requests] == [
        (NAMES_PATH, {"filter": 'ServiceKind == "mesh-gateway"'}),
        (HEALTH, {"merge-central-config": ""}),
    ]


def test_a_hostile_name_is_quoted() -> None:
    memory = Memory(
        {NAMES_PATH: {"../../agent/self?x": []}, "/v1/health/service/%2E%2E%2F%2E%2E%2Fagent%2Fself%3Fx": []}
    )
    assert read_gateways(ConsulClient(memory))[0] == Gateways({}, {})


def test_a_name_that_consul_itself_would_refuse_is_told() -> None:
    memory = Memory({NAMES_PATH: {"a\nb": []}})
    with pytest.raises(CallError, match=r"service 'a\\nb' cannot be read"):
        read_gateways(ConsulClient(memory))
    assert memory.paths == [NAMES_PATH]


TAGGED = {"wan": {"Address": "203.0.113.5", "Port": 8444}}


@pytest.mark.parametrize(
    ("node", "service", "lan", "wan"),
    [
        ({}, {}, "10.0.0.1:8443", "10.0.0.1:8443"),
        ({}, {"Address": "10.0.0.9"}, "10.0.0.9:8443", "10.0.0.9:8443"),
        ({"TaggedAddresses": {"wan": "198.51.100.1"}}, {}, "10.0.0.1:8443", "198.51.100.1:8443"),
        ({"TaggedAddresses": {"wan": "198.51.100.1"}}, {"Address": "10.0.0.9"}, "10.0.0.9:8443", "10.0.0.9:8443"),
        ({}, {"Address": "10.0.0.9", "TaggedAddresses": TAGGED}, "10.0.0.9:8443", "203.0.113.5:8444"),
        ({}, {"TaggedAddresses": {"wan": {"Address": "203.0.113.5", "Port": 0}}}, "10.0.0.1:8443", "203.0.113.5:8443"),
        ({}, {"Address": "10.0.0.9", "TaggedAddresses": {"wan": {"Port": 8444}}}, "10.0.0.9:8443", "10.0.0.1:8444"),
        ({"Address": ""}, {}, None, None),
        ({}, {"Port": 0}, None, None),
    ],
)
def test_addresses_are_those_of_consuls_best_address(
    node: dict[str, Any], service: dict[str, Any], lan: str | None, wan: str | None
) -> None:
    found = instance(gateways(entry(node, service)))
    assert (found["lan"], found["wan"]) == (lan, wan)


@pytest.mark.parametrize(
    ("check", "status", "scope"),
    [
        ({"CheckID": "c", "Status": "warning", "ServiceID": "gw"}, "warning", "service"),
        ({"CheckID": "c", "Status": "bogus", "ServiceID": "gw"}, "critical", "service"),
        ({"CheckID": "c"}, "critical", "node"),
        ({"CheckID": "_node_maintenance", "Status": "critical"}, "maintenance", "node"),
        ({"CheckID": "_service_maintenance:gw", "Status": "critical", "ServiceID": "gw"}, "maintenance", "service"),
    ],
)
def test_checks(check: dict[str, Any], status: str, scope: str) -> None:
    found = instance(gateways(entry(None, None, check)))["checks"][check["CheckID"]]
    assert (found["status"], found["scope"]) == (status, scope)


def test_an_instance_of_another_kind_under_the_same_name_is_left_out() -> None:
    assert gateways(entry(None, {"Kind": ""})) == Gateways({}, {})


def test_a_services_own_check_called_serf_health_is_not_the_agents() -> None:
    found = gateways(entry(None, None, {"CheckID": "serfHealth", "Status": "passing", "ServiceID": "gw"}))
    assert found.hosts["n1"].serf_status is None


def test_partition_and_namespace_are_part_of_the_key() -> None:
    found = gateways(entry(None, {"Partition": "p", "Namespace": "n"}))
    assert found.by_key["p/n/mesh-gateway"]["partition"] == "p"


def test_two_instances_never_share_a_place() -> None:
    with pytest.raises(CallError, match="share the name node/id"):
        gateways(entry({"Node": "a/b"}, {"ID": "c"}), entry({"Node": "a"}, {"ID": "b/c"}))


@pytest.mark.parametrize("place", [NAMES_PATH, HEALTH])
def test_a_cut_answer_marks_the_section(place: str) -> None:
    whole = healthy()
    cut: Answers = {**whole, place: said(whole[place], X_Consul_Results_Filtered_By_ACLs="true")}
    assert read_gateways(client(cut))[1].filtered


@pytest.mark.parametrize(
    "wrong",
    [
        entry(None, {"Port": "abc"}),
        entry(None, {"Address": 1}),
        entry(None, {"TaggedAddresses": []}),
        {"Service": []},
        {**entry(), "Checks": {}},
    ],
)
def test_wrong_shapes(wrong: Any) -> None:
    with pytest.raises(CallError) as error:
        gateways(wrong)
    assert error.value.kind == "shape"
