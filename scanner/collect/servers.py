"""Consul's servers, from the catalog: the cheapest and least privileged way (facts 1.4)."""

from dataclasses import dataclass

from scanner.collect.client import ConsulClient, Mark
from scanner.collect.fault import CallError
from scanner.collect.fields import Fields
from scanner.collect.partitions import IMPLIED, Scope
from scanner.collect.spelling import core_version, hostport
from scanner.model.document import Json

PATH = "/v1/catalog/service/consul"


@dataclass(frozen=True)
class Servers:
    """Servers by node name as `schemas/snapshot.json` has them, and the datacenter that they say they are in."""

    by_node: Json
    datacenter: str | None


def read_servers(client: ConsulClient, scope: Scope = IMPLIED) -> tuple[Servers, Mark]:
    """Return all instances of the service `consul`.

    Raises:
        CallError: no usable answer, a port that is none, or two instances on one node.
    """
    answer = client.read_list(PATH, scope.query)
    by_node: Json = {}
    for row in answer.rows:
        node = row.text("Node")
        if node in by_node:
            advice = "Deregister the one that is no server"
            raise CallError("shape", f"GET {PATH}: a node has two instances of the service consul", advice)
        by_node[node] = _server(row)
    datacenters = [row.text("Datacenter") for row in answer.rows]
    return Servers(by_node, next(filter(None, datacenters), None)), answer.mark


def _server(row: Fields) -> Json:
    meta = row.inner("ServiceMeta")
    grpc, grpc_tls = meta.port_text("grpc_port"), meta.port_text("grpc_tls_port")
    return {
        "version": core_version(meta.text("version")),
        "version_text": meta.text("version") or None,
        "grpc_port": grpc,
        "grpc_tls_port": grpc_tls,
        "grpc_address": hostport(_node_address(row), grpc_tls or grpc),
    }


def _node_address(row: Fields) -> str:
    """Return the node's WAN address, else its address: `parseNodeAddr` of Consul's peering_backend.go."""
    tagged = row.inner("TaggedAddresses")
    return tagged.text("wan") if "wan" in tagged.document else row.text("Address")
