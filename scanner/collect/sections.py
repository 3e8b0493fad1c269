"""All sections of one cluster, each for itself and several at once."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from scanner.collect.access import Access, read_access
from scanner.collect.agents import read_agents
from scanner.collect.client import ConsulClient
from scanner.collect.elsewhere import Elsewhere, read_elsewhere
from scanner.collect.fault import CallError
from scanner.collect.gateways import Gateways, read_gateways
from scanner.collect.lookalikes import read_lookalikes
from scanner.collect.mesh import read_mesh
from scanner.collect.own_agent import read_own_agent
from scanner.collect.parallel import in_parallel
from scanner.collect.partitions import DEFAULT, IMPLIED, Scope, read_partitions
from scanner.collect.peerings import read_peerings
from scanner.collect.proxy_defaults import read_proxy_defaults
from scanner.collect.roots import read_roots
from scanner.collect.section import CATALOG, Reading, failed, read_section
from scanner.collect.servers import Servers, read_servers

WORKERS = 4
ACCESS_LIMIT_S = 15.0
SECTIONS_LIMIT_S = 60.0

Readings = dict[str, Reading[Any]]

Heard = Callable[[str], None]
"""Told the name of each section that has ended; called from several threads."""


def access_reading(client: ConsulClient) -> Reading[Access]:
    """Return what the token may do; whatever fails here is `error`, which means: this cluster could not be read."""
    return _in_time({"access": lambda: _access(client)}, ACCESS_LIMIT_S)["access"]


ALL = frozenset({"roots", "servers", "gateways", "agents", "mesh", "proxy_defaults", "peerings", "services", "self"})
_IN_PARTITIONS = frozenset({"servers", "gateways", "agents", "peerings"})
"""What is read with the partitions of Enterprise, where one answer holds gateways and peerings of all of them."""


def section_readings(
    client: ConsulClient,
    access: Access,
    heard: Heard,
    sections: Collection[str] = ALL,
    partitions: Reading[Any] | None = None,
) -> Readings:
    """Read sections other than `access`; `agents` only together with `servers` and `gateways`.

    Where the edition has partitions, those are listed first, and read by name; `partitions` is how they were listed
    where that is known.
    """
    if partitions is None:
        partitions = _in_time({"partitions": lambda: _partitions(client, access)}, ACCESS_LIMIT_S)["partitions"]
    listed = partitions.value
    home = Scope(DEFAULT, DEFAULT) if listed else IMPLIED
    jobs: dict[str, Callable[[], Reading[Any]]] = {
        "roots": lambda: read_section((), access, lambda: read_roots(client)),
        "servers": lambda: read_section(CATALOG, access, lambda: read_servers(client, Scope(home.partition))),
        "gateways": lambda: read_section(CATALOG, access, lambda: read_gateways(client, home)),
        "mesh": lambda: read_section((), access, lambda: read_mesh(client, listed)),
        "proxy_defaults": lambda: read_section((), access, lambda: read_proxy_defaults(client, home.partition)),
        "peerings": lambda: read_section(("peering:read",), access, lambda: read_peerings(client, home.partition)),
        "services": lambda: read_section(CATALOG, access, lambda: read_lookalikes(client, home)),
        "self": lambda: _own_agent(client, access),
    }
    wanted = {*sections, *_IN_PARTITIONS} if listed else set(sections)
    named = {name: _told(name, job, heard) for name, job in jobs.items() if name in wanted}
    if listed:
        named["partitions"] = lambda: Reading(read_elsewhere(client, access, listed))
    readings = _with_elsewhere({"partitions": partitions} | _in_time(named, SECTIONS_LIMIT_S), partitions)
    if "agents" not in wanted:
        return readings
    agents = _told("agents", lambda: _agents(client, access, readings["servers"], readings["gateways"]), heard)
    return readings | _in_time({"agents": agents}, SECTIONS_LIMIT_S)


def _access(client: ConsulClient) -> Reading[Access]:
    try:
        access, mark = read_access(client)
    except CallError as error:
        return replace(failed(error), status="error", missing=())
    return Reading(access, mark=mark)


def _partitions(client: ConsulClient, access: Access) -> Reading[list[str]]:
    return read_section((), access, lambda: read_partitions(client))


def _with_elsewhere(readings: Readings, partitions: Reading[list[str]]) -> Readings:
    """Return the readings with what other partitions hold in their sections; `partitions` is how those were listed."""
    elsewhere = readings["partitions"].value
    if not isinstance(elsewhere, Elsewhere):
        return readings
    gateways, peerings = readings["gateways"], readings["peerings"]
    if gateways.value is not None:
        gateways = replace(gateways, value=gateways.value.beside(elsewhere.gateways))
    if peerings.value is not None:
        peerings = replace(peerings, value=elsewhere.peerings | peerings.value)
    return readings | {"gateways": gateways, "peerings": peerings, "partitions": elsewhere.told(partitions)}


def _agents(
    client: ConsulClient, access: Access, servers: Reading[Servers], gateways: Reading[Gateways]
) -> Reading[Any]:
    """Return the agents of the nodes that host gateways; unread gateways leave nothing to look for."""
    found = gateways.value
    if found is None:
        return gateways.without_value()
    known = servers.value.by_node if servers.value else {}
    return read_section(CATALOG, access, lambda: read_agents(client, found.hosts, known, gateways.mark))


def _own_agent(client: ConsulClient, access: Access) -> Reading[Any]:
    """Return what the agent says of itself; the token need not have agent:read, so a refusal hides nothing wanted."""
    reading = read_section((), access, lambda: read_own_agent(client))
    return replace(reading, status="off") if reading.status == "denied" else reading


def _told(name: str, job: Callable[[], Reading[Any]], heard: Heard) -> Callable[[], Reading[Any]]:
    def run() -> Reading[Any]:
        reading = job()
        heard(name)
        return reading

    return run


def _in_time(jobs: dict[str, Callable[[], Reading[Any]]], limit_s: float) -> Readings:
    """Run jobs and make an `error` of each that did not end: a name look-up, for one, has no timeout of its own."""
    late: Reading[Any] = Reading(None, "error", f"Consul's answers did not end within {limit_s:g} s")
    return {name: reading or late for name, reading in in_parallel(jobs, WORKERS, limit_s).items()}
