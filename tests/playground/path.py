"""The way that a peering's stream takes, which Consul's API does not show and the Envoys' connections do."""

import time

from tests.playground.cluster import Cluster
from tests.playground.gateway import Gateway
from tests.playground.peering import ACTIVE, Peering
from tests.playground.waiting import RECONNECT_SECONDS, wait_until

NUDGE = "playground-nudge"


class PathNotRestoredError(Exception):
    """The stream of a peering did not come to pass the gateways. The text tells what is still wrong."""


def uses_gateways(cluster: Cluster) -> bool:
    """Tell whether the cluster has gateways and a mesh entry that sends the control plane through them."""
    entry = cluster.mesh_entry() or {}
    return bool(cluster.gateways and (entry.get("Peering") or {}).get("PeerThroughMeshGateways"))


def path_faults(peering: Peering) -> list[str]:
    """Give the sides whose gateways ought to carry the stream and do not, a sentence each."""
    found = []
    if uses_gateways(peering.dialer) and not any(map(carries_out, peering.dialer.gateways)):
        found.append(f"{peering.spec}: the stream does not pass the gateways of the dialer")
    if uses_gateways(peering.acceptor) and not any(map(carries_in, peering.acceptor.gateways)):
        found.append(f"{peering.spec}: the stream does not pass the gateways of the acceptor")
    return found


def carries_out(gateway: Gateway) -> int:
    """Give how many streams the gateway carries for servers of its own cluster, which reach it at its LAN address."""
    return gateway.connections(gateway.plan.lan_address)


def carries_in(gateway: Gateway) -> int:
    """Give how many streams the gateway carries for other clusters, which reach it at its WAN address."""
    return gateway.connections(gateway.plan.wan_address)


def restore_path(peering: Peering) -> None:
    """Make the stream pass the gateways; what it needs for that must be in order already.

    Consul never moves a connected stream. One that connects takes the dialer's gateways and the acceptor's addresses in
    turn until it reaches the leader of the acceptor, so which way it ends up is chance: it is cut until it is the
    right one.

    Raises PathNotRestoredError where it never is, AwaitedTooLongError where the peering does not become active.
    """
    deadline = time.monotonic() + RECONNECT_SECONDS
    while True:
        wait_until(f"{peering.spec} is active", peering.states, lambda states: states == ACTIVE, RECONNECT_SECONDS)
        found = path_faults(peering)
        if not found:
            return
        if time.monotonic() > deadline:
            raise PathNotRestoredError("; ".join(found))
        cut_stream(peering)
        nudge(peering.dialer)


def cut_stream(peering: Peering) -> None:
    """Restart the gateways that carry the stream. Raises PathNotRestoredError where none does: it cannot be cut."""
    carrying = [gateway for gateway in peering.dialer.gateways if carries_out(gateway)]
    carrying += [gateway for gateway in peering.acceptor.gateways if carries_in(gateway)]
    if not carrying:
        raise PathNotRestoredError(f"{peering.spec}: the stream goes past all gateways, so it cannot be cut")
    for gateway in carrying:
        gateway.kill()
    wait_until(f"{peering.spec} is cut", peering.states, lambda states: "ACTIVE" not in states)
    for gateway in carrying:
        gateway.start()
    for gateway in carrying:
        wait_until(f"gateway {gateway.id} is ready", gateway.is_ready)


def renew_stream(peering: Peering) -> None:
    """Make a stream connect anew, by the routes that there are now; raises like `restore_path`.

    An Envoy goes on with a connection from before its route changed, so after an entry was away a stream may pass the
    gateways and prove nothing.
    """
    cut_stream(peering)
    nudge(peering.dialer)
    restore_path(peering)


def nudge(dialer: Cluster) -> None:
    """Have the dialer redial its lost streams now, gateways first, instead of after a pause of up to 64 s.

    It does so when anything changes in its table of peerings. Here a peering comes and goes that nobody uses; whether
    Consul then gives a token for it does not matter.
    """
    dialer.request("POST", "/v1/peering/token", {"PeerName": NUDGE})
    dialer.api("DELETE", f"/v1/peering/{NUDGE}")
    wait_until("the nudge is gone", lambda: peering_names(dialer), lambda names: NUDGE not in names)


def peering_names(cluster: Cluster) -> list[str]:
    """Give the names of a cluster's peerings."""
    return [peering["Name"] for peering in cluster.api("GET", "/v1/peerings")]
