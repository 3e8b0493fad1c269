"""A Consul that is too old is named, and everything else that it can tell is judged all the same."""

import json
from pathlib import Path

import pytest
import requests

from scanner.collect.address import parse_address
from scanner.collect.target import ClusterTarget
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from tests.playground import wait_until
from tests.playground.ports import LOOPBACK, PortBlock
from tests.playground.processes import Process
from tests.scanning import results, snapshot
from tests.tools.cache import tool
from tests.tools.gate import need_tools

TOO_OLD = "consul-1.13.2"


@pytest.mark.old
def test_consul_1_13_is_too_old(embedded: Engine, policy_set: PolicySet, tmp_path: Path) -> None:
    need_tools(TOO_OLD)
    with PortBlock() as block:
        ports = {name: block.take() for name in ("http", "grpc", "server", "serf_lan", "serf_wan")}
        settings = {"node_name": "s1", "peering": {"enabled": True}, "ports": {**ports, "dns": -1}}
        (tmp_path / "c.json").write_text(json.dumps(settings))
        url = f"http://{LOOPBACK}:{ports['http']}"
        argv = [str(tool(TOO_OLD)), "agent", "-dev", f"-config-file={tmp_path / 'c.json'}"]
        process = Process(argv, tmp_path / "agent.log")
        try:
            roots = f"{url}/v1/connect/ca/roots"
            wait_until("it has a root", lambda: requests.get(roots, timeout=1).json()["ActiveRootID"])
            found = results(embedded, policy_set, snapshot([ClusterTarget("old", parse_address(url))]))
        finally:
            process.kill()

    failed = {(r["rule"], r["subject"]["kind"], r["message"]) for r in found["results"] if r["status"] == "fail"}
    assert ("MGP-101", "server", "server s1 of old runs Consul 1.13.2, older than 1.14.0") in failed
    assert {rule for rule, _, _ in failed} == {"MGP-101"}
