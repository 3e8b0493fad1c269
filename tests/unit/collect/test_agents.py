"""Agents below gateways, and where their versions come from."""

from typing import Any

import pytest

from scanner.collect.agents import PATH, read_agents
from scanner.collect.client import ConsulClient, Mark
from scanner.collect.fault import CallError
from scanner.collect.gateways import Host
from tests.unit.collect.answers import Memory, said

SERVERS: dict[str, Any] = {"s1": {"version_text": "1.14.8"}, "s2": {"version_text": None}}
MARK = Mark(7, 1)


def host(version_text: str = "", *, synthetic: bool = False) -> Host:
    return Host(version_text, synthetic, "passing")


def member(name: str, build: str) -> dict[str, Any]:
    return {"Name": name, "Tags": {"build": build}}


def versions(memory: Memory, hosts: dict[str, Host]) -> dict[str, str | None]:
    found, _ = read_agents(ConsulClient(memory), hosts, SERVERS, MARK)
    return {node: agent["version_text"] for node, agent in found.items()}


def test_a_node_says_it_itself_or_is_a_server() -> None:
    memory = Memory({})
    hosts = {"n1": host("1.22.7"), "s1": host(), "k8s": host(synthetic=True)}
    assert versions(memory, hosts) == {"n1": "1.22.7", "s1": "1.14.8", "k8s": None}
    assert memory.paths == []


def test_gossip_is_asked_for_the_rest() -> None:
    memory = Memory({PATH: [member("n1", "1.14.8:abc"), member("s2", "1.13.9:"), member("other", "1.0.0:")]})
    hosts = {"n1": host(), "s2": host(), "gone": host(), "n2": host("1.22.7")}
    assert versions(memory, hosts) == {"n1": "1.14.8", "s2": "1.13.9", "gone": None, "n2": "1.22.7"}


def test_the_whole_entry() -> None:
    found, mark = read_agents(ConsulClient(Memory({})), {"n1": host("1.20.1+ent")}, {}, MARK)
    assert found["n1"] == {
        "version": "1.20.1",
        "version_text": "1.20.1+ent",
        "synthetic": False,
        "serf_status": "passing",
    }
    assert mark == MARK


def test_cut_gossip_marks_the_section() -> None:
    memory = Memory({PATH: said([], X_Consul_Results_Filtered_By_ACLs="true")})
    assert read_agents(ConsulClient(memory), {"n1": host()}, {}, MARK)[1] == Mark(7, 1, filtered=True)


def test_wrong_gossip_is_an_error() -> None:
    with pytest.raises(CallError, match=r"Tags should be an object"):
        versions(Memory({PATH: [{"Name": "n1", "Tags": []}]}), {"n1": host()})
