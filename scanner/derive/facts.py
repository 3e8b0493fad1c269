"""The document that rules judge: the clusters as far as they were read, and what follows from them."""

from scanner.derive.addresses import gateway_addresses, server_addresses
from scanner.derive.grants import acl_policies, grants
from scanner.derive.pairs import pairs, remotes, unread_clusters
from scanner.derive.path import paths
from scanner.model.document import Json
from scanner.model.snapshot import OPT_IN, SECTIONS

_READ_WITH = {"mesh_elsewhere": "mesh"}
"""Keys of a cluster that are read with a section of another name."""

_DERIVED_FROM = frozenset({"acl"})
"""What rules do not read, only what follows from it: texts of policies say nothing in Rego."""


def derived(snapshot: Json) -> Json:
    """Return the facts that follow from a snapshot (`schemas/derived.json`); recomputed at load, never stored."""
    clusters = snapshot["clusters"]
    joined = pairs(clusters)
    return {
        "pairs": [pair.document() for pair in joined],
        "path": paths(joined, clusters),
        "remote": remotes(clusters),
        "unread": unread_clusters(clusters),
        "gateway_addresses": {name: gateway_addresses(cluster) for name, cluster in clusters.items()},
        "server_addresses": {name: server_addresses(cluster) for name, cluster in clusters.items()},
        "grants": grants(clusters),
        "acl_policies": acl_policies(clusters),
    }


def judged(snapshot: Json) -> Json:
    """Return {"clusters", "derived"}, the rules' input but for the catalogue.

    A section that was not read is left out rather than null: to iterate over null is nothing in OPA and an error in
    regorus, and undefined is what it is.
    """
    clusters = {name: _as_read(cluster) for name, cluster in snapshot["clusters"].items()}
    return {"clusters": clusters, "derived": derived(snapshot)}


def _as_read(cluster: Json) -> Json:
    unread = {section for section in SECTIONS if cluster["collection"][section]["status"] != "ok"}
    unread |= {section for section in OPT_IN if cluster.get(section) is None}
    return {key: value for key, value in cluster.items() if _READ_WITH.get(key, key) not in unread | _DERIVED_FROM}
