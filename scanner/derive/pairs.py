"""Which peering of one cluster is the other side of which peering of another.

Sides are joined by the acceptor's peering id and its trust domain, never by names: aliases differ, and two clusters may
share a datacenter name (design section 10).
"""

from dataclasses import asdict, dataclass, field
from itertools import chain

from scanner.model.document import Json

_GONE = frozenset({"DELETING", "TERMINATED"})
_HIDDEN = frozenset({"denied", "filtered", "off", "error"})


@dataclass(frozen=True)
class Side:
    """One cluster's record of a peering."""

    cluster: str
    id: str
    peering: Json


@dataclass(frozen=True)
class Pair:
    """Two peered clusters, or what is known of them where only one could be read.

    `id` is the acceptor's peering id; `cluster` the dialing side and `peer` the accepting one; where only one side was
    read, `cluster` is that one, `peer` is None and `missing` says what would show the other. `dialed` are the addresses
    that the dialing side holds.
    """

    id: str
    name: str
    cluster: str
    peer: str | None
    missing: str | None
    dialed: tuple[str, ...] = field(default=())

    def document(self) -> Json:
        """Return the pair as `schemas/derived.json` wants it."""
        return asdict(self) | {"dialed": list(self.dialed)}


def all_sides(clusters: Json) -> list[Side]:
    """Return every peering of every cluster, ordered by cluster and id."""
    return [
        Side(name, peering_id, peering)
        for name, cluster in sorted(clusters.items())
        for peering_id, peering in sorted((cluster["peerings"] or {}).items())
    ]


def is_live(side: Side) -> bool:
    """Tell whether neither side ended the peering."""
    return not side.peering["deleted"] and side.peering["state"] not in _GONE


def accepting_cluster(dialer: Side, clusters: Json) -> str | None:
    """Return the scanned cluster that a dialer's server name leads to; None if it is not among them.

    The server name is `server.<dc>.peering.<trust domain>` (facts 1.1). Where several scanned clusters share a trust
    domain (partitions of one cluster, datacenters of one WAN federation), the one that holds the peering is meant;
    where none is seen to, one of that datacenter, or whose datacenter is not known.
    """
    place, _, trust_domain = (dialer.peering["server_name"] or "").partition(".peering.")
    if not trust_domain:
        return None
    named = [name for name, cluster in sorted(clusters.items()) if cluster["trust_domain"] == trust_domain]
    holding = [name for name in named if dialer.peering["peer_id"] in (clusters[name]["peerings"] or {})]
    there = [name for name in named if clusters[name].get("datacenter") in {place.removeprefix("server."), None}]
    return next(chain(holding, there), None)


def unread_clusters(clusters: Json) -> list[str]:
    """Return the clusters that could be the other side of anything: their peerings or trust domain are not known."""
    return [
        name
        for name, cluster in sorted(clusters.items())
        if any(cluster["collection"][section]["status"] in _HIDDEN for section in ("roots", "peerings"))
    ]


def pairs(clusters: Json) -> list[Pair]:
    """Return each pair once: from its dialing side, or from the accepting one where no scanned cluster dials it."""
    sides = [side for side in all_sides(clusters) if is_live(side)]
    dialed = _dialed_by(clusters)
    acceptors = [side for side in sides if side.peering["role"] == "acceptor"]
    return [_from_dialer(side, clusters) for side in sides if side.peering["role"] == "dialer"] + [
        _from_acceptor(side, clusters) for side in acceptors if (side.cluster, side.id) not in dialed
    ]


def remotes(clusters: Json) -> dict[str, dict[str, str | None]]:
    """Return, by cluster and peering id, the scanned cluster at the other end; None where it is not known."""
    dialed = _dialed_by(clusters)
    return {
        name: {
            peering_id: accepting_cluster(Side(name, peering_id, peering), clusters)
            if peering["role"] == "dialer"
            else dialed.get((name, peering_id))
            for peering_id, peering in (cluster["peerings"] or {}).items()
        }
        for name, cluster in clusters.items()
    }


def _dialed_by(clusters: Json) -> dict[tuple[str | None, str], str]:
    """Return, by accepting cluster and its peering id, the scanned cluster that dials."""
    return {
        (accepting_cluster(side, clusters), side.peering["peer_id"]): side.cluster
        for side in all_sides(clusters)
        if side.peering["role"] == "dialer"
    }


def _from_dialer(side: Side, clusters: Json) -> Pair:
    peer = accepting_cluster(side, clusters)
    return Pair(
        id=side.peering["peer_id"] or side.id,
        name=f"{side.cluster} -> {peer or side.peering['name']}",
        cluster=side.cluster,
        peer=peer,
        missing=None if peer else _missing(side, clusters),
        dialed=tuple(side.peering["server_addresses"]),
    )


def _from_acceptor(side: Side, clusters: Json) -> Pair:
    name = f"{side.peering['name']} -> {side.cluster}"
    return Pair(side.id, name, side.cluster, peer=None, missing=_missing(side, clusters))


def _missing(side: Side, clusters: Json) -> str:
    unread = [name for name in unread_clusters(clusters) if name != side.cluster]
    if unread:
        return f"a reading of {', '.join(unread)}, which may be the other side"
    return f"the other cluster of peering {side.peering['name']} in the scan"
