"""Which clusters of the scan are peered with one. Pure."""

from scanner.model.document import Json


def peers_of(name: str, clusters: Json) -> set[str]:
    """Return the clusters that a peering joins with the cluster `name`, found by trust domains, never by names.

    The dialing side of a peering knows its peer's server name, which ends in the trust domain of the accepting one.
    """
    dialed_by = {other for other in clusters if _dials(clusters[other], clusters[name])}
    dialed = {other for other in clusters if _dials(clusters[name], clusters[other])}
    return (dialed_by | dialed) - {name}


def _dials(dialer: Json, acceptor: Json) -> bool:
    domain = acceptor["trust_domain"]
    names = [peering["server_name"] or "" for peering in (dialer["peerings"] or {}).values()]
    return domain is not None and any(server_name.endswith(f".{domain}") for server_name in names)
