"""Peerings as both sides see them (facts 1.1, 4.3, 13.4, 13.18)."""

from scanner.collect.certificates import fingerprints
from scanner.collect.client import ConsulClient, Mark
from scanner.collect.fault import CallError
from scanner.collect.fields import Fields
from scanner.collect.partitions import Scope
from scanner.model.document import Json

PATH = "/v1/peerings"
PATIENCE_S = 20.0
"""Consul 1.22 retries for 12 s before it says that peering is off; other answers take milliseconds."""

_STATES = frozenset({"PENDING", "ESTABLISHING", "ACTIVE", "FAILING", "DELETING", "TERMINATED"})


def read_peerings(client: ConsulClient, partition: str = "") -> tuple[Json, Mark]:
    """Return the peerings of a partition by local id. Ask only with `peering:read`: Consul takes 12 s to refuse.

    Raises:
        CallError: no usable answer; `disabled` when the servers have peering turned off.
    """
    answer = client.read_list(PATH, Scope(partition).query, PATIENCE_S)
    peerings: Json = {}
    for row in answer.rows:
        peerings[_id(row)] = _peering(row, partition)
    return peerings, answer.mark


def partitions_of(peerings: Json) -> list[str]:
    """Return the partitions to ask about these peerings again; `""` alone in the community edition."""
    return sorted({peering["partition"] for peering in peerings.values()}) or [""]


def _id(row: Fields) -> str:
    identity = row.text("ID")
    if not identity:
        raise CallError("shape", f"GET {PATH}: a peering has no ID", "Is this address Consul's own?")
    return identity


def _peering(row: Fields, asked: str) -> Json:
    stream, remote = row.inner("StreamStatus"), row.inner("Remote")
    return {
        "name": row.text("Name"),
        "partition": row.text("Partition") or asked,
        "role": _role(row),
        "state": row.text("State") if row.text("State") in _STATES else "UNDEFINED",
        "deleted": row.time_ns("DeletedAt") is not None,
        "peer_id": row.text("PeerID") or None,
        "server_name": row.text("PeerServerName") or None,
        "server_addresses": row.texts("PeerServerAddresses"),
        "ca_fingerprints": _ca_fingerprints(row),
        "remote_datacenter": remote.text("Datacenter") or None,
        "last_heartbeat_ns": stream.time_ns("LastHeartbeat"),
        "last_receive_ns": stream.time_ns("LastReceive"),
        "exported_services": len(stream.texts("ExportedServices")),
        "create_index": row.integer("CreateIndex"),
        "modify_index": row.integer("ModifyIndex"),
    }


def _ca_fingerprints(row: Fields) -> list[str]:
    return sorted({found for pem in row.texts("PeerCAPems") for found in fingerprints(pem, f"{PATH} PeerCAPems")})


def _role(row: Fields) -> str:
    """Return who dials: only the dialer knows addresses and the other side's id (`ShouldDial` in pbpeering)."""
    return "dialer" if row.texts("PeerServerAddresses") or row.text("PeerID") else "acceptor"
