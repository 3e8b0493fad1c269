"""A Consul of recorded answers, to put faults into."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from tests.faults.behaviours import json_answer
from tests.faults.server import Behaviour

AUTHORIZE = "/v1/internal/acl/authorize"
OWN_AGENT = "/v1/agent/self"
_ENVOYS = ["1.35.9", "1.34.13", "1.33.14"]
_RECORDED = Path(__file__).parents[1] / "unit" / "collect" / "recorded"
_PATHS = {
    "roots": "/v1/connect/ca/roots",
    "servers": "/v1/catalog/service/consul",
    "names": "/v1/catalog/services",
    "gateways": "/v1/health/service/mesh-gateway",
    "mesh": "/v1/config/mesh/mesh",
    "proxy_defaults": "/v1/config/proxy-defaults/global",
    "peerings": "/v1/peerings",
    "members": "/v1/agent/members",
}
_QUESTIONS = (("peering", "read"), ("node", "read"), ("service", "read"), ("acl", "read"), ("acl", "write"))


@cache
def recorded(version: str) -> dict[str, Any]:
    """Return what a live Consul of that version said, by path; `GET` answers only."""
    told = json.loads((_RECORDED / f"consul-{version}.json").read_text(encoding="utf-8"))
    own = {"Config": {"Version": version}, "xDS": {"SupportedProxies": {"envoy": _ENVOYS}}}
    acl: dict[str, Any] = json.loads((_RECORDED / f"acl-{version}.json").read_text(encoding="utf-8"))
    return {path: told[name] for name, path in _PATHS.items()} | {OWN_AGENT: own} | acl


def authorize(*allowed: str) -> list[dict[str, Any]]:
    """Return what Consul says of a token that has these grants, such as `peering:read`."""
    return [
        {"Resource": resource, "Access": access, "Allow": f"{resource}:{access}" in allowed}
        for resource, access in _QUESTIONS
    ]


SCANNER = ("peering:read", "node:read", "service:read", "acl:read")


def healthy(version: str = "1.22.7", *grants: str) -> dict[str, Behaviour]:
    """Return the behaviours of a whole, healthy Consul."""
    answers = recorded(version) | {AUTHORIZE: authorize(*(grants or SCANNER))}
    return {path: json_answer(value, X_Consul_Index="7") for path, value in answers.items()}
