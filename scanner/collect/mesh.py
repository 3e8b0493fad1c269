"""The mesh config entries, whole: remediation writes one back whole."""

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.collect.client import ConsulClient, Mark
from scanner.collect.config_entry import read_entry
from scanner.collect.fault import CallError
from scanner.collect.partitions import DEFAULT
from scanner.model.document import Json

PATH = "/v1/config/mesh/mesh"


@dataclass(frozen=True)
class Mesh:
    """The entry that counts (None where there is none), and those of other partitions, by partition.

    `elsewhere` is {} in the community edition, and None where the partitions could not be listed.
    """

    entry: Json | None
    elsewhere: Json | None


def read_mesh(client: ConsulClient, partitions: Sequence[str] | None) -> tuple[Mesh, Mark]:
    """Return the mesh entries as Consul gives them. The one that counts needs no grant (facts 1.2, 13.3).

    Args:
        client: asks the cluster.
        partitions: all that there are; none in the community edition, None where they could not be listed.

    Raises:
        CallError: no usable answer about the entry that counts, or a flag in it that is no truth value.
    """
    entry, mark = _entry(client, DEFAULT if partitions else "")
    return Mesh(entry, _elsewhere(client, partitions)), mark


def _elsewhere(client: ConsulClient, partitions: Sequence[str] | None) -> Json | None:
    """Return the entries outside `default`; they have no effect, so what hides them must not hide the one that has."""
    if partitions is None:
        return None
    try:
        found = {partition: _entry(client, partition)[0] for partition in partitions if partition != DEFAULT}
    except CallError:
        return None
    return {partition: entry for partition, entry in found.items() if entry is not None}


def _entry(client: ConsulClient, partition: str) -> tuple[Json | None, Mark]:
    entry, mark = read_entry(client, PATH, partition)
    if entry is None:
        return None, mark
    entry.inner("Peering").boolean("PeerThroughMeshGateways")
    return entry.document, mark
