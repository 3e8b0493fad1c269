"""Servers from the catalog, as live Consuls answered and as none should."""

from typing import Any

import pytest

from scanner.collect.fault import CallError
from scanner.collect.servers import PATH, Servers, read_servers
from tests.faults.consul import recorded
from tests.unit.collect.answers import client, said


def servers(*rows: Any) -> Servers:
    return read_servers(client({PATH: said(list(rows))}))[0]


def row(meta: dict[str, str], **fields: Any) -> dict[str, Any]:
    return {"Node": "n1", "Address": "10.0.0.1", "Datacenter": "dc1", "ServiceMeta": meta, **fields}


def test_recorded_answers() -> None:
    new = servers(*recorded("1.22.7")[PATH])
    old = servers(*recorded("1.14.8")[PATH])
    assert new == Servers(
        {
            "dc1-server": {
                "version": "1.22.7",
                "version_text": "1.22.7",
                "grpc_port": 31502,
                "grpc_tls_port": 31503,
                "grpc_address": "127.0.0.1:31503",
            }
        },
        "dc1",
    )
    assert (old.by_node["dc2-server"]["version"], old.datacenter) == ("1.14.8", "dc2")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (row({"grpc_port": "8502", "grpc_tls_port": "8503"}), "10.0.0.1:8503"),
        (row({"grpc_port": "8502", "grpc_tls_port": "-1"}), "10.0.0.1:8502"),
        (row({"grpc_port": "8502"}), "10.0.0.1:8502"),
        (row({}), None),
        (row({"grpc_port": "8502"}, TaggedAddresses={"wan": "203.0.113.1"}), "203.0.113.1:8502"),
        (row({"grpc_port": "8502"}, TaggedAddresses={"wan": ""}), None),
        (row({"grpc_port": "8502"}, TaggedAddresses=None), "10.0.0.1:8502"),
        (row({"grpc_port": "8502"}, Address="2001:db8::1"), "[2001:db8::1]:8502"),
    ],
)
def test_the_address_that_consul_would_advertise(fields: dict[str, Any], expected: str | None) -> None:
    assert servers(fields).by_node["n1"]["grpc_address"] == expected


def test_a_server_without_meta_has_no_version() -> None:
    server = servers(row({}, ServiceMeta=None)).by_node["n1"]
    assert (server["version"], server["version_text"]) == (None, None)


def test_no_servers_at_all() -> None:
    assert servers() == Servers({}, None)


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        (row({"grpc_tls_port": "abc"}), r"\[0\]\.ServiceMeta\.grpc_tls_port should be a port number"),
        (row({}, TaggedAddresses=[]), r"\[0\]\.TaggedAddresses should be an object"),
        (row({}, Node=7), r"\[0\]\.Node should be a text"),
    ],
)
def test_wrong_shapes(fields: dict[str, Any], part: str) -> None:
    with pytest.raises(CallError, match=part):
        servers(fields)


def test_two_instances_on_one_node_are_not_merged() -> None:
    with pytest.raises(CallError, match="two instances"):
        servers(row({}), row({}))
