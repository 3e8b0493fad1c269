"""What Envoys answer, in both spellings, and what they answer when they are none."""

import pytest

from scanner.collect.envoy import look_at_admin, look_at_prometheus
from scanner.collect.fault import CallError
from scanner.collect.transport import RawAnswer
from tests.unit.collect.answers import Memory, told

NAME = "server.dc1.peering.f143-71a6.consul"
OTHER = "server.dc3.peering.0000-0000.consul"
COUNTER = f"tcp.mesh_gateway_remote_peering_servers.{NAME}.downstream_cx_"


def host(address: str, hostname: str = "", connections: str = "") -> dict[str, object]:
    stats = [{"name": "cx_connect_fail", "value": "5"}, {"name": "cx_active", "value": connections}]
    socket = {"socket_address": {"address": address, "port_value": 8443}}
    return {"address": socket, "hostname": hostname, "stats": stats}


ADMIN = {
    "/stats": {
        "stats": [
            {"name": f"{COUNTER}rx_bytes_total", "value": 7},
            {"name": f"{COUNTER}tx_bytes_total", "value": 9},
            {"histograms": {}},
        ]
    },
    "/clusters": {
        "cluster_statuses": [
            {"name": NAME, "host_statuses": [host("192.0.2.2", "", "2"), host("192.0.2.1", "gw.example", "1"), {}]},
            {"name": "local_app", "host_statuses": [host("127.0.0.1")]},
        ]
    },
    "/server_info": {"version": "bad8280d/1.36.4/Clean/RELEASE/BoringSSL"},
}
MINE = 'envoy_tcp_prefix="mesh_gateway_remote_peering_servers"'
TOWARDS_DC1 = "envoy_tcp_server_dc1_peering_f143_71a6_consul_downstream_cx_"
TOWARDS_DC3 = "envoy_tcp_server_dc3_peering_0000_0000_consul_downstream_cx_"
PROMETHEUS = f"""# TYPE envoy_tcp_x counter
{TOWARDS_DC1}rx_bytes_total{{{MINE}}} 7
{TOWARDS_DC1}tx_bytes_total{{a="b",{MINE}}} 9
{TOWARDS_DC3}rx_bytes_total{{envoy_tcp_prefix="something_else"}} 11
envoy_server_uptime{{}} 4
"""


def test_an_admin_interface_tells_bytes_routes_and_version() -> None:
    look = look_at_admin(Memory(ADMIN), {NAME, OTHER})

    assert look.bytes == {NAME: {"received": 7, "sent": 9}, OTHER: {"received": 0, "sent": 0}}
    assert look.routes == {NAME: ["192.0.2.2:8443", "gw.example:8443"]}
    assert look.connections == {NAME: 3}
    assert look.version == "1.36.4"


@pytest.mark.parametrize("counted", ["", "many", "-1", "²", "9" * 5000])
def test_a_count_that_is_none_is_no_connection(counted: str) -> None:
    clusters = {"cluster_statuses": [{"name": NAME, "host_statuses": [host("192.0.2.2", "", counted)]}]}

    assert look_at_admin(Memory(ADMIN | {"/clusters": clusters}), {NAME}).connections == {NAME: 0}


def test_a_prometheus_page_tells_bytes_alone() -> None:
    look = look_at_prometheus(Memory({"": RawAnswer(200, {}, PROMETHEUS.encode())}), {NAME, OTHER})

    assert look.bytes == {NAME: {"received": 7, "sent": 9}, OTHER: {"received": 0, "sent": 0}}
    assert (look.routes, look.version) == ({}, None)


@pytest.mark.parametrize("version", ["", "bad8280d", "bad8280d/dev"])
def test_a_version_that_cannot_be_read_is_none(version: str) -> None:
    assert look_at_admin(Memory(ADMIN | {"/server_info": {"version": version}}), {NAME}).version is None


def test_what_is_no_envoy_is_said_so() -> None:
    with pytest.raises(CallError, match="/stats should be an object"):
        look_at_admin(Memory(ADMIN | {"/stats": []}), {NAME})
    with pytest.raises(CallError, match="GET metrics: HTTP 500"):
        look_at_prometheus(Memory({"": told(500, "no")}), {NAME})
