"""The broken states that a pair can be in, by name: each is entered from health and left back to it."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.playground.endpoint import Json
from tests.playground.path import nudge
from tests.playground.peering import FAILING, Peering
from tests.playground.playground import Playground
from tests.playground.startup import MESH_ENTRY
from tests.playground.waiting import wait_until

# Settings beside the flag, so that a mend which forgets to write them back shows.
FLAG_FALSE_ENTRY: Json = {
    "Kind": "mesh",
    "TransparentProxy": {"MeshDestinationsOnly": False},
    "TLS": {"Incoming": {"TLSMinVersion": "TLSv1_2"}},
    "Peering": {"PeerThroughMeshGateways": False},
    "Meta": {"owner": "playground"},
}


@dataclass(frozen=True)
class BrokenState:
    """One way in which the first peering of a playground is broken; `what` tells it in a sentence.

    `enter` breaks it and comes back when the break shows; `leave` comes back when all is healthy again, also where
    somebody has mended it already. Both raise AwaitedTooLongError where that does not happen.
    """

    what: str
    enter: Callable[[Playground], None]
    leave: Callable[[Playground], None]


def delete_entry_at_dialer(playground: Playground) -> None:
    """Delete the dialer's mesh entry; Consul's API shows nothing of it, its gateways lose their route."""
    peering = playground.peerings[0]
    peering.dialer.delete_mesh_entry()
    await_route(peering, frozenset())


def delete_entry_at_acceptor(playground: Playground) -> None:
    """Delete the acceptor's mesh entry; it then tells the dialer to dial its servers."""
    peering = playground.peerings[0]
    peering.acceptor.delete_mesh_entry()
    await_servers_dialed(peering)


def write_false_flag_at_acceptor(playground: Playground) -> None:
    """Write an acceptor's mesh entry that has the flag, as false, and other settings."""
    peering = playground.peerings[0]
    peering.acceptor.write_mesh_entry(FLAG_FALSE_ENTRY)
    await_servers_dialed(peering)


def kill_gateways_of_acceptor(playground: Playground) -> None:
    """Kill the acceptor's Envoys; they stay registered and advertised."""
    peering = playground.peerings[0]
    for gateway in peering.acceptor.gateways:
        gateway.kill()
    for gateway in peering.acceptor.gateways:
        wait_until(f"gateway {gateway.id} is critical", gateway.status, lambda status: status == "critical")
    wait_until("both sides are FAILING", peering.states, lambda states: states == FAILING)


def write_entries(playground: Playground) -> None:
    """Write the mesh entry of a healthy cluster on both sides."""
    for cluster in (playground.peerings[0].acceptor, playground.peerings[0].dialer):
        cluster.write_mesh_entry(MESH_ENTRY)
    playground.await_healthy()


def start_gateways_of_acceptor(playground: Playground) -> None:
    """Start the acceptor's Envoys that do not run."""
    peering = playground.peerings[0]
    for gateway in peering.acceptor.gateways:
        if not gateway.is_running:
            gateway.start()
        wait_until(f"gateway {gateway.id} is ready", gateway.is_ready)
    nudge(peering.dialer)
    playground.await_healthy()


def await_servers_dialed(peering: Peering) -> None:
    """Wait until the dialer, and its gateways, have the addresses of the acceptor's servers."""
    servers = peering.acceptor.server_addresses()
    wait_until(f"the dialer dials {sorted(servers)}", peering.dialed_addresses, lambda dialed: dialed == servers)
    await_route(peering, servers)


def await_route(peering: Peering, wanted: frozenset[str]) -> None:
    """Wait until every gateway of the dialer leads to exactly the `wanted` addresses."""
    server_name = peering.server_name()
    wait_until(
        f"the dialing gateways lead to {sorted(wanted)}",
        lambda: [gateway.upstream_addresses(server_name) for gateway in peering.dialer.gateways],
        lambda found: all(addresses == wanted for addresses in found),
    )


BROKEN_STATES: dict[str, BrokenState] = {
    "entry-missing-dialing": BrokenState(
        what="the dialing cluster has no mesh entry", enter=delete_entry_at_dialer, leave=write_entries
    ),
    "entry-missing-accepting": BrokenState(
        what="the accepting cluster has no mesh entry", enter=delete_entry_at_acceptor, leave=write_entries
    ),
    "flag-false": BrokenState(
        what="the accepting cluster's mesh entry says PeerThroughMeshGateways = false",
        enter=write_false_flag_at_acceptor,
        leave=write_entries,
    ),
    "gateway-killed": BrokenState(
        what="the accepting cluster's Envoys are dead",
        enter=kill_gateways_of_acceptor,
        leave=start_gateways_of_acceptor,
    ),
}


@contextmanager
def broken(playground: Playground, name: str) -> Generator[None]:
    """Hold a playground in the broken state called `name`, and bring it back to health whatever happens inside.

    Raises KeyError for a name that is not in BROKEN_STATES.
    """
    state = BROKEN_STATES[name]
    try:
        state.enter(playground)
        yield
    finally:
        state.leave(playground)
