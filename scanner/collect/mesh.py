"""The mesh config entries, whole: remediation writes one back whole."""

from dataclasses import dataclass

from scanner.collect.client import ConsulClient, Mark
from scanner.collect.config_entry import read_entry
from scanner.collect.fault import CallError
from scanner.model.document import Json

PATH = "/v1/config/mesh/mesh"
PARTITIONS_PATH = "/v1/partitions"


@dataclass(frozen=True)
class Mesh:
    """The entry that counts (None where there is none), and those of other partitions, by partition.

    `elsewhere` is {} in the community edition, and None where the partitions could not be listed.
    """

    entry: Json | None
    elsewhere: Json | None


def read_mesh(client: ConsulClient) -> tuple[Mesh, Mark]:
    """Return the mesh entries as Consul gives them. The one that counts needs no grant (facts 1.2, 13.3).

    Raises:
        CallError: no usable answer about the entry that counts, or a flag in it that is no truth value.
    """
    entry, mark = _entry(client)
    return Mesh(entry, _elsewhere(client)), mark


def _elsewhere(client: ConsulClient) -> Json | None:
    """Return the entries outside `default`; they have no effect, so what hides them must not hide the one that has."""
    try:
        found = {partition: _entry(client, partition)[0] for partition in _other_partitions(client)}
    except CallError as error:
        return {} if error.kind in {"not_found", "unsupported"} else None
    return {partition: entry for partition, entry in found.items() if entry is not None}


def _other_partitions(client: ConsulClient) -> list[str]:
    names = [row.text("Name") for row in client.read_list(PARTITIONS_PATH).rows]
    return sorted(name for name in names if name not in {"", "default"})


def _entry(client: ConsulClient, partition: str = "") -> tuple[Json | None, Mark]:
    entry, mark = read_entry(client, PATH, partition)
    if entry is None:
        return None, mark
    entry.inner("Peering").boolean("PeerThroughMeshGateways")
    return entry.document, mark
