"""Envoy's counters of what its gateway carried to each peer, in its two spellings (facts 13.9, 13.20)."""

import re
from collections.abc import Callable, Iterable

from scanner.collect.fields import Fields

PREFIX = "mesh_gateway_remote_peering_servers"
DIRECTIONS = {"received": "rx", "sent": "tx"}
"""Our words for Envoy's, seen from the servers that dial: what Envoy received from them and sent to them."""

Spelling = Callable[[str, str], str]
"""Server name and direction -> the counter's name."""

_LINE = re.compile(r"(\w+)\{([^}]*)\} ([0-9]+)")
_ODD = re.compile(r"[^A-Za-z0-9_:]")


def admin_counter(server_name: str, direction: str) -> str:
    """Return the counter's name at the admin interface."""
    return f"tcp.{PREFIX}.{server_name}.downstream_cx_{direction}_bytes_total"


def prometheus_counter(server_name: str, direction: str) -> str:
    """Return the counter's name at the Prometheus endpoint, where only letters, digits and `_` are left."""
    return f"envoy_tcp_{_ODD.sub('_', server_name)}_downstream_cx_{direction}_bytes_total"


def admin_counters(rows: Iterable[Fields]) -> dict[str, int]:
    """Return counters by name from `/stats?format=json`; histograms there have no name of their own."""
    return {row.text("name"): row.integer("value") for row in rows if row.text("name")}


def prometheus_counters(text: str) -> dict[str, int]:
    """Return the counters towards peers by name from a Prometheus page."""
    found = (match.groups() for match in map(_LINE.fullmatch, text.splitlines()) if match)
    return {name: int(value) for name, labels, value in found if f'envoy_tcp_prefix="{PREFIX}"' in labels}
