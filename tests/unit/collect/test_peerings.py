"""Peerings of both sides, as live Consuls answered and as none should."""

from typing import Any

import pytest

from scanner.collect.certificates import fingerprints
from scanner.collect.client import ConsulClient
from scanner.collect.fault import CallError
from scanner.collect.peerings import PATH, PATIENCE_S, read_peerings
from tests.faults.consul import recorded
from tests.unit.collect.answers import Memory, client, told


def peering(**fields: Any) -> dict[str, Any]:
    found, _ = read_peerings(client({PATH: [{"ID": "1", "Name": "dc2", "State": "ACTIVE", **fields}]}))
    return dict(found["1"])


def test_a_recorded_acceptor() -> None:
    (found,) = read_peerings(client({PATH: recorded("1.22.7")[PATH]}))[0].values()
    assert found == {
        "name": "dc2",
        "partition": "",
        "role": "acceptor",
        "state": "ACTIVE",
        "deleted": False,
        "peer_id": None,
        "server_name": None,
        "server_addresses": [],
        "ca_fingerprints": found["ca_fingerprints"],
        "remote_datacenter": "dc2",
        "last_heartbeat_ns": 1795364219051909036,
        "last_receive_ns": found["last_receive_ns"],
        "exported_services": 0,
        "create_index": 147,
        "modify_index": 150,
    }


def test_a_recorded_dialer_and_one_that_nobody_dialed_yet() -> None:
    dialer, pending = read_peerings(client({PATH: recorded("1.14.8")[PATH]}))[0].values()
    assert (dialer["role"], dialer["peer_id"]) == ("dialer", "6af1d9bd-3147-9bc1-f44e-7ea181587f42")
    assert dialer["server_name"] == "server.dc1.peering.f1438271-71a6-4730-d0eb-431b127c9f9e.consul"
    assert dialer["server_addresses"]
    assert dialer["ca_fingerprints"] == fingerprints(recorded("1.14.8")[PATH][0]["PeerCAPems"][0], "")
    assert pending["ca_fingerprints"] == []
    assert (pending["role"], pending["state"], pending["remote_datacenter"]) == ("acceptor", "PENDING", None)
    assert (pending["last_heartbeat_ns"], pending["last_receive_ns"], pending["deleted"]) == (None, None, False)


@pytest.mark.parametrize(
    ("fields", "role"),
    [
        ({}, "acceptor"),
        ({"PeerServerAddresses": [], "PeerID": ""}, "acceptor"),
        ({"PeerID": "2"}, "dialer"),
        ({"PeerServerAddresses": ["a:1"]}, "dialer"),
    ],
)
def test_roles(fields: dict[str, Any], role: str) -> None:
    assert peering(**fields)["role"] == role


@pytest.mark.parametrize(("text", "state"), [("FAILING", "FAILING"), ("INITIAL", "UNDEFINED"), ("", "UNDEFINED")])
def test_states(text: str, state: str) -> None:
    assert peering(State=text)["state"] == state


@pytest.mark.parametrize(
    ("deleted_at", "deleted"),
    [(None, False), ("0001-01-01T00:00:00Z", False), ("2026-11-22T16:16:14Z", True)],
)
def test_deleted(deleted_at: str | None, deleted: bool) -> None:  # noqa: FBT001 - a table's column
    assert peering(DeletedAt=deleted_at)["deleted"] is deleted


@pytest.mark.parametrize(
    "fields",
    [
        {"ID": ""},
        {"State": 1},
        {"StreamStatus": []},
        {"StreamStatus": {"LastHeartbeat": "soon"}},
        {"PeerServerAddresses": "a"},
        {"PeerCAPems": ["no certificate"]},
        {"CreateIndex": "1"},
    ],
)
def test_wrong_shapes(fields: dict[str, Any]) -> None:
    with pytest.raises(CallError) as error:
        peering(**fields)
    assert error.value.kind == "shape"


def test_peering_turned_off_is_told_and_waited_for() -> None:
    memory = Memory({PATH: told(500, "peering must be enabled to use this endpoint")})
    with pytest.raises(CallError) as error:
        read_peerings(ConsulClient(memory))
    assert error.value.kind == "disabled"
    assert memory.requests[0].patience_s == PATIENCE_S
