"""docs/security.md lists each request that a scan can make, and none that it cannot: by scans over real HTTP."""

import re
from collections.abc import Mapping
from pathlib import Path

from scanner.collect.address import parse_address
from scanner.collect.cluster import collect_cluster
from scanner.collect.credentials import TokenVariable
from scanner.collect.http_transport import HttpTransport
from scanner.collect.target import ClusterTarget, GatewayTarget
from tests.faults import behaviours
from tests.faults.consul import healthy
from tests.faults.enterprise import enterprise
from tests.faults.server import Behaviour, FaultServer
from tests.unit.collect.answers import quiet
from tests.unit.collect.test_envoy import ADMIN

PAGE = (Path(__file__).parents[3] / "docs" / "security.md").read_text(encoding="utf-8")
_NAMED = ((r"(/v1/health/service)/.*", r"\1/NAME"), (r"(/v1/acl/policy)/.*", r"\1/ID"))
TOKEN = TokenVariable("TOKEN", {"TOKEN": "5ec7e700-0000-4000-8000-000000000000"})
GONE = behaviours.text("nothing here", 404)


def listed(heading: str) -> set[str]:
    """Return the requests of the table below a heading."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `((?:GET|POST|PUT|DELETE) [^`]+)` \|", section, re.MULTILINE))


def without(answers: Mapping[str, Behaviour], *paths: str) -> dict[str, Behaviour]:
    return {path: answer for path, answer in answers.items() if path not in paths}


def asked(answers: Mapping[str, Behaviour], envoy: str = "") -> set[str]:
    """Return the requests of a scan, with the names of things as the page writes them."""
    with FaultServer(GONE, answers) as server:
        admins = {"dc1-server/mesh-gateway": parse_address(envoy)} if envoy else {}
        gateways = (GatewayTarget("mesh-gateway", envoy_admin=admins),)
        target = ClusterTarget("dc1", parse_address(server.address), token=TOKEN, gateways=gateways)
        transport = HttpTransport(target)
        collect_cluster(target, transport, quiet)
        transport.close()
    assert all(seen.headers["X-Consul-Token"] == TOKEN.text() for seen in server.requests)
    return {f"{seen.method} {_general(seen.path)}" for seen in server.requests}


def _general(path: str) -> str:
    for pattern, general in _NAMED:
        path = re.sub(pattern, general, path)
    return path


def test_every_request_to_consul_is_listed_and_none_besides() -> None:
    servers = "/v1/catalog/service/consul"
    scans = [
        asked(healthy("1.22.7")),
        asked(enterprise()),
        # Gossip is asked for the version of a node that is no server, the agent where servers tell nothing.
        asked(without(healthy("1.14.8"), servers)),
    ]

    told = listed("What it asks of Consul")
    assert len(told) > 15
    assert set().union(*scans) == told


def test_every_request_to_an_envoy_is_listed_and_none_besides() -> None:
    admin = {path: behaviours.json_answer(answer) for path, answer in ADMIN.items()}
    with FaultServer(GONE, admin) as envoy:
        asked(healthy("1.22.7"), envoy.address)

    assert {f"{seen.method} {seen.path}" for seen in envoy.requests} == listed("What it asks of Envoys") != set()
    assert not any(TOKEN.text() in str(seen) for seen in envoy.requests)


def test_nothing_that_writes_is_listed() -> None:
    requests = listed("What it asks of Consul") | listed("What it asks of Envoys")

    assert {request for request in requests if not request.startswith("GET ")} == {"POST /v1/internal/acl/authorize"}
