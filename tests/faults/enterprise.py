"""A Consul Enterprise, made by hand from HashiCorp's API documentation: no live one was at hand.

What of it is documented: `/v1/partitions` and `/v1/namespaces`, `partition` and `ns` in queries, `Partition` and
`Namespace` in answers, `+ent` in versions, and that a refusal names the grant.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.faults.behaviours import json_answer, text
from tests.faults.consul import healthy, recorded
from tests.faults.server import Behaviour, Handler

PARTITIONS = "/v1/partitions"
NAMESPACES = "/v1/namespaces"
NAMES = "/v1/catalog/services"
HEALTH = "/v1/health/service/mesh-gateway"
PEERINGS = "/v1/peerings"
MESH = "/v1/config/mesh/mesh"
Place = tuple[str, str]


def denied(grant: str) -> Behaviour:
    """Refuse as Consul does."""
    return text(f"Permission denied: token with AccessorID 'x' lacks permission '{grant}'", 403)


def by_place(answers: Mapping[Place, Behaviour], otherwise: Behaviour) -> Behaviour:
    """Answer by the partition and namespace of the query; `""` where it names none."""

    def behave(handler: Handler) -> None:
        query = parse_qs(urlsplit(handler.path).query)
        place = (query.get("partition", [""])[0], query.get("ns", [""])[0])
        answers.get(place, otherwise)(handler)

    return behave


def gateway(partition: str, namespace: str) -> Behaviour:
    """Return one gateway that is there, on a node of its own."""
    (row, *_) = json.loads(json.dumps(recorded("1.22.7")[HEALTH]))
    row["Node"] |= {"Node": f"{partition}-{namespace}", "Partition": partition}
    row["Service"] |= {"Partition": partition, "Namespace": namespace}
    return json_answer([row])


def peering(identity: str, partition: str, **fields: Any) -> dict[str, Any]:
    """Return a peering that waits to be dialed, unless `fields` say otherwise."""
    return {"ID": identity, "Name": f"of-{partition}", "Partition": partition, "State": "PENDING", **fields}


def enterprise(but: Mapping[str, Behaviour] | None = None) -> dict[str, Behaviour]:
    """Return a cluster with partitions `default` (namespaces `default` and `apps`) and `east`, a gateway in each place.

    What names no place is answered for the default one; the wildcard namespace is refused.
    """
    names = json_answer({"mesh-gateway": []}, X_Consul_Index="7")
    home, apps, east = ("default", "default"), ("default", "apps"), ("east", "default")
    servers = json.loads(json.dumps(recorded("1.22.7")["/v1/catalog/service/consul"]))
    for row in servers:
        row["ServiceMeta"]["version"] = "1.22.7+ent"
    entry = {"Kind": "mesh", "Partition": "east", "Peering": {"PeerThroughMeshGateways": True}}
    nothing = text("Bad request: Invalid namespace", 400)
    home_only = {
        ("", ""): json_answer([peering("p1", "default")]),
        ("default", ""): json_answer([peering("p1", "default")]),
    }
    return {
        **healthy("1.22.7"),
        "/v1/catalog/service/consul": by_place(
            dict.fromkeys([("", ""), ("default", "")], json_answer(servers)), json_answer([])
        ),
        PARTITIONS: json_answer([{"Name": "default"}, {"Name": "east"}]),
        NAMESPACES: by_place(
            {("default", ""): json_answer([{"Name": "apps"}, {"Name": "default"}])}, json_answer([{"Name": "default"}])
        ),
        NAMES: by_place(dict.fromkeys([("", ""), home, apps, east], names), nothing),
        HEALTH: by_place(
            {("", ""): gateway(*home), home: gateway(*home), apps: gateway(*apps), east: gateway(*east)}, nothing
        ),
        PEERINGS: by_place(home_only | {("east", ""): json_answer([peering("p2", "east")])}, nothing),
        MESH: by_place({("east", ""): json_answer(entry)}, healthy("1.22.7")[MESH]),
        **(but or {}),
    }
