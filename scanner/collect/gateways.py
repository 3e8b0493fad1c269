"""Mesh gateways and their instances, found by kind and never by name (facts 1.5)."""

from dataclasses import dataclass

from scanner.collect.checks import checks, serf_status
from scanner.collect.client import ConsulClient, Mark, quoted
from scanner.collect.excerpt import excerpt
from scanner.collect.fault import CallError
from scanner.collect.fields import Fields
from scanner.collect.partitions import IMPLIED, Scope
from scanner.collect.proxy_config import projected
from scanner.collect.spelling import hostport
from scanner.model.document import Json

NAMES_PATH = "/v1/catalog/services"
KIND = "mesh-gateway"
_POD_CHECK = "kubernetes-readiness"


@dataclass(frozen=True)
class Host:
    """A node that hosts a gateway: what its own entry says of the agent there."""

    version_text: str
    synthetic: bool
    serf_status: str | None


@dataclass(frozen=True)
class Gateways:
    """Gateways as `schemas/snapshot.json` has them, and the nodes that they stand on."""

    by_key: Json
    hosts: dict[str, Host]

    def beside(self, others: "Gateways") -> "Gateways":
        """Return these and others; where nodes of two partitions share a name, these tell of it."""
        return Gateways(others.by_key | self.by_key, others.hosts | self.hosts)


def read_gateways(client: ConsulClient, scope: Scope = IMPLIED) -> tuple[Gateways, Mark]:
    """Return all gateways of a partition and namespace with the addresses that Consul would use.

    The filter works on 1.14.8 too: GH-18322 concerned fields of the node, and the kind is a field of the service.

    Raises:
        CallError: no usable answer from the list of names or from one name.
    """
    names = client.read_object(NAMES_PATH, {"filter": f'ServiceKind == "{KIND}"', **scope.query})
    entries: list[Fields] = []
    filtered = names.mark.filtered
    for name in sorted(names.value.document):
        answer = client.read_list(_health_path(name), {"merge-central-config": "", **scope.query})
        entries += [row for row in answer.rows if row.inner("Service").text("Kind") == KIND]
        filtered = filtered or answer.mark.filtered
    hosts = dict(_host(entry) for entry in entries)
    return Gateways(_by_key(entries, scope), hosts), Mark(names.mark.index, names.mark.at_ns, filtered)


def _health_path(name: str) -> str:
    """Return where the instances of a service are told; the catalog takes names that this path does not (seen live)."""
    if not name.isprintable():
        reason = "Consul's API refuses control characters in a path"
        raise CallError("shape", f"the gateway service {excerpt(repr(name))} cannot be read: {reason}", "Deregister it")
    return f"/v1/health/service/{quoted(name)}"


def _by_key(entries: list[Fields], asked: Scope) -> Json:
    gateways: Json = {}
    for entry in entries:
        service = entry.inner("Service")
        scope = {
            "partition": service.text("Partition") or asked.partition,
            "namespace": service.text("Namespace") or asked.namespace,
        }
        name = service.text("Service")
        key = f"{scope['partition']}/{scope['namespace']}/{name}"
        gateway = gateways.setdefault(key, {"service": name, **scope, "instances": {}})
        _add(gateway["instances"], entry)
    return gateways


def _add(instances: Json, entry: Fields) -> None:
    instance = _instance(entry)
    key = f"{instance['node']}/{instance['service_id']}"
    if key in instances:
        advice = "Rename the node or the instance whose name holds a slash"
        raise CallError("shape", "two gateway instances share the name node/id", advice)
    instances[key] = instance


def _instance(entry: Fields) -> Json:
    node, service = entry.inner("Node"), entry.inner("Service")
    return {
        "node": node.text("Node"),
        "service_id": service.text("ID"),
        "lan": _best_address(node, service, wan=False),
        "wan": _best_address(node, service, wan=True),
        "checks": checks(entry),
        "create_index": service.integer("CreateIndex"),
        "registered_by": _registered_by(entry),
        "proxy_config": projected(service.inner("Proxy").inner("Config").document),
    }


def _best_address(node: Fields, service: Fields, *, wan: bool) -> str | None:
    """Return what Consul dials: `CheckServiceNode.BestAddress` of its agent/structs/structs.go.

    With `wan`: the service's WAN address, else the node's WAN address; without: the service's, else the node's. The
    service's plain address stands in where it has no tagged one, and so does its port.
    """
    address, port = service.text("Address"), service.integer("Port")
    if wan and "wan" in service.inner("TaggedAddresses").document:
        tagged = service.inner("TaggedAddresses").inner("wan")
        address, port = tagged.text("Address"), tagged.integer("Port") or port
    return hostport(address or _node_address(node, wan=wan), port)


def _node_address(node: Fields, *, wan: bool) -> str:
    tagged = node.inner("TaggedAddresses")
    return tagged.text("wan") if wan and "wan" in tagged.document else node.text("Address")


def _registered_by(entry: Fields) -> str:
    """Return `dataplane` for Kubernetes' pods, `agent` for a node that gossips, else `catalog` (facts 7).

    An agent takes away what others register on its node, so what stays there is its own.
    """
    _, host = _host(entry)
    if host.synthetic or any(row.text("Type") == _POD_CHECK for row in entry.rows("Checks")):
        return "dataplane"
    return "agent" if host.serf_status is not None else "catalog"


def _host(entry: Fields) -> tuple[str, Host]:
    node = entry.inner("Node")
    meta = node.inner("Meta")
    host = Host(meta.text("consul-version"), meta.text("synthetic-node") == "true", serf_status(entry))
    return node.text("Node"), host
