"""Short ways to write a cluster with one gateway and the ACLs that its grants are made of."""

from typing import Any

from scanner.derive.grants import grants
from scanner.model.document import Json

KEY = "//gw"
SERVICE, SERVICES, NODES, PEERING = (
    'service "gw" { policy = "write" }\n',
    'service_prefix "" { policy = "read" }\n',
    'node_prefix "" { policy = "read" }\n',
    'peering = "read"\n',
)
BUT_PEERING = SERVICE + SERVICES + NODES


def attached(*policies: str, **more: Any) -> Json:
    return {"policies": list(policies), "services": [], "nodes": [], "templates": []} | more


def token(*policies: str, roles: tuple[str, ...] = (), **fields: Any) -> Json:
    return {"description": "", "expires_ns": None, "roles": list(roles), "attached": attached(*policies)} | fields


def policy(rules: str | None, users: int = 1, **fields: Any) -> Json:
    return {"name": "edge", "rules": rules, "datacenters": [], "tokens": users, "roles": []} | fields


def cluster(tokens: Json, policies: Json, **fields: Any) -> Json:
    """Return as much of a cluster with one gateway as its grants take; its operators named all its tokens."""
    acl = {
        "default_policy": "deny",
        "gateways": {KEY: {"named_by": "x", "tokens": dict.fromkeys(tokens, 0)}},
        "tokens": tokens,
        "roles": {},
        "policies": policies,
    }
    whole = {"datacenter": "dc1", "edition": "ce", "now_ns": 10, "peerings": {}, "gateways": {KEY: {"service": "gw"}}}
    return whole | {"acl": acl | fields.pop("acl", {})} | fields


def rights(of: Json, accessor: str = "t1", key: str = KEY) -> Json:
    found: Json = grants({"dc1": of})["dc1"][key]["tokens"][accessor]["rights"]
    return found


def mend(of: Json, right: str = "peering_read", accessor: str = "t1") -> Any:
    return rights(of, accessor)[right]["mend"]
