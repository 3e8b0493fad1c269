"""One gateway's Envoy, read through the address that its operator gave."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from scanner.collect.client import ConsulClient
from scanner.collect.envoy_stats import (
    DIRECTIONS,
    Spelling,
    admin_counter,
    admin_counters,
    prometheus_counter,
    prometheus_counters,
)
from scanner.collect.fields import Fields
from scanner.collect.spelling import core_version, hostport
from scanner.collect.status import status_fault
from scanner.collect.transport import Request, Transport
from scanner.model.document import Json

STATS_FILTER = r"^tcp\.mesh_gateway_remote_peering_servers\."
_COUNT = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class EnvoyLook:
    """What an Envoy said at one moment.

    `bytes` are counters since it started, by peer's server name: {"received", "sent"}, of the connections that
    servers of its own cluster made to it. `routes` are the host:port that it leads each server name to, and
    `connections` how many it holds open that it made to them.
    """

    bytes: Mapping[str, Mapping[str, int]]
    version: str | None = None
    routes: Mapping[str, list[str]] = field(default_factory=dict)
    connections: Mapping[str, int] = field(default_factory=dict)


def look_at_admin(transport: Transport, server_names: Collection[str]) -> EnvoyLook:
    """Return what the admin interface tells of these server names.

    Raises:
        CallError: no usable answer.
    """
    client = ConsulClient(transport)
    stats = client.read_object("/stats", {"format": "json", "filter": STATS_FILTER}).value
    counters = admin_counters(stats.rows("stats"))
    clusters = client.read_object("/clusters", {"format": "json"}).value
    hosts = _hosts(clusters, server_names)
    version = client.read_object("/server_info").value.text("version")
    return EnvoyLook(
        bytes={name: _bytes(counters, admin_counter, name) for name in server_names},
        version=core_version(next(iter(version.split("/")[1:]), "")),
        routes={name: sorted(host for host in map(_host, rows) if host) for name, rows in hosts.items()},
        connections={name: sum(map(_connections, rows)) for name, rows in hosts.items()},
    )


def look_at_prometheus(transport: Transport, server_names: Collection[str]) -> EnvoyLook:
    """Return what a Prometheus endpoint tells, which knows neither version nor routes.

    Raises:
        CallError: no usable answer.
    """
    raw = transport.send(Request(""))
    fault = status_fault(raw, "GET metrics")
    if fault is not None:
        raise fault
    counters = prometheus_counters(raw.body.decode(errors="replace"))
    return EnvoyLook(bytes={name: _bytes(counters, prometheus_counter, name) for name in server_names})


def _bytes(counters: Mapping[str, int], spelled: Spelling, server_name: str) -> Json:
    """Envoy names no counter of a filter chain that it never had: no byte passed it."""
    return {word: counters.get(spelled(server_name, direction), 0) for word, direction in DIRECTIONS.items()}


def _hosts(clusters: Fields, server_names: Collection[str]) -> dict[str, list[Fields]]:
    rows = clusters.rows("cluster_statuses")
    return {row.text("name"): row.rows("host_statuses") for row in rows if row.text("name") in server_names}


def _host(row: Fields) -> str | None:
    """Return the host as Consul named it, which is what is advertised; without a name, its address."""
    socket = row.inner("address").inner("socket_address")
    return hostport(row.text("hostname") or socket.text("address"), socket.integer("port_value"))


def _connections(row: Fields) -> int:
    """Envoy counts those that it made since it was told of the host, as text, and leaves a 0 out."""
    counted = (stat.text("value") for stat in row.rows("stats") if stat.text("name") == "cx_active")
    return sum(int(value) for value in counted if _COUNT.fullmatch(value))
