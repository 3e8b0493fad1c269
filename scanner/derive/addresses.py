"""The addresses under which a cluster is known to its peers."""

from scanner.model.document import Json


def gateway_addresses(cluster: Json) -> list[str]:
    """Return what Consul advertises to peers while the mesh entry is on: one address a gateway instance, sorted.

    Health plays no part, and only gateways of the default partition and namespace count (facts 4.2.3, 4.2.7).
    """
    return sorted(
        {
            instance["wan"]
            for gateway in (cluster["gateways"] or {}).values()
            if gateway["partition"] in {"", "default"} and gateway["namespace"] in {"", "default"}
            for instance in gateway["instances"].values()
            if instance["wan"]
        }
    )


def server_addresses(cluster: Json) -> list[str]:
    """Return what Consul advertises to peers without gateways: one address a server, sorted (facts 4.1)."""
    return sorted({server["grpc_address"] for server in (cluster["servers"] or {}).values() if server["grpc_address"]})
