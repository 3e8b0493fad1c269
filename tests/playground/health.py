"""What is wrong with clusters and peerings that ought to be healthy, but for the path of the stream (path.py)."""

from tests.playground.cluster import Cluster
from tests.playground.path import uses_gateways
from tests.playground.peering import ACTIVE, Peering


def cluster_faults(cluster: Cluster) -> list[str]:
    """Give the faults of one cluster's agents, gateways and mesh entry, a sentence each.

    Raises requests.RequestException and ConsulRefusedError where the cluster does not answer.
    """
    found = [f"node {node} is not alive" for node in cluster.missing_agents()]
    statuses = {gateway.id: gateway.status() for gateway in cluster.gateways}
    found += [f"the check of gateway {name} is {status}" for name, status in statuses.items() if status != "passing"]
    if cluster.spec.mesh_entry and cluster.gateways and not uses_gateways(cluster):
        found.append(f"cluster {cluster.spec.name} has the mesh entry {cluster.mesh_entry()}")
    return found


def peering_faults(peering: Peering) -> list[str]:
    """Give the faults of one peering's states, dialed addresses and route, a sentence each.

    Raises requests.RequestException and ConsulRefusedError where a cluster does not answer.
    """
    at_acceptor, at_dialer = peering.states()
    found = []
    if (at_acceptor, at_dialer) != ACTIVE:
        found.append(f"{peering.spec} is {at_acceptor} at the acceptor, {at_dialer} at the dialer")
    wanted, dialed = wanted_addresses(peering), peering.dialed_addresses()
    if dialed != wanted:
        found.append(f"{peering.spec} dials {sorted(dialed)}, not {sorted(wanted)}")
    return found + route_faults(peering)


def wanted_addresses(peering: Peering) -> frozenset[str]:
    """Give the addresses that the dialer ought to have: those of gateways or of servers, as the acceptor has it."""
    acceptor = peering.acceptor
    return acceptor.advertised_addresses() if uses_gateways(acceptor) else acceptor.server_addresses()


def route_faults(peering: Peering) -> list[str]:
    """Give the dialing gateways that do not lead where they ought to, a sentence each."""
    if not uses_gateways(peering.dialer):
        return []
    server_name, wanted = peering.server_name(), wanted_addresses(peering)
    leading = {gateway.id: gateway.upstream_addresses(server_name) for gateway in peering.dialer.gateways}
    return [
        f"gateway {name} leads to {sorted(addresses)}, not to {sorted(wanted)}"
        for name, addresses in leading.items()
        if addresses != wanted
    ]
