"""The time between two samples of the dialing gateways: what each carried then, and whether a heartbeat came."""

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.derive.pairs import Side
from scanner.model.document import Json

SHORTEST_NS = 16 * 10**9
"""Heartbeats come every 15 s (facts 13.4): a shorter window may hold none."""


@dataclass(frozen=True)
class Window:
    """What two samples of one dialing side tell of one peering.

    `carried` are bytes by instance, of those that were sampled twice with counters that did not fall; `hosts` are all
    that they lead the server name to. `outdated` are instances without an open connection that they made since they
    lead there: what they carry may go where they led before, as an Envoy keeps such connections (seen live).
    `unsampled` and `missing_heartbeat` say what is missing; empty where nothing is. `length_ns` is None without two
    samples.
    """

    carried: Json
    hosts: list[str]
    outdated: frozenset[str]
    unsampled: str
    missing_heartbeat: str
    length_ns: int | None

    @property
    def both_ways(self) -> bool:
        """Whether some gateway received and sent."""
        return bool(self._carriers)

    @property
    def by_old_connections(self) -> bool:
        """Whether each gateway that received and sent may have done so to where it led before."""
        return self._carriers <= self.outdated

    @property
    def _carriers(self) -> frozenset[str]:
        return frozenset(name for name, grown in self.carried.items() if grown["received"] and grown["sent"])

    @property
    def silent(self) -> bool:
        """Whether there are gateways, and none carried a byte."""
        return bool(self.carried) and not any(any(grown.values()) for grown in self.carried.values())


def window_of(dialer: Side, instances: Mapping[str, Json | None], cluster: Json) -> Window:
    """Return the window of a dialer's peering.

    `instances` are all gateway instances that could carry it, with their `envoy` of the snapshot, None where their
    operator gave no address.
    """
    server_name = dialer.peering["server_name"]
    lacking = {name: _lacking(envoy, server_name) for name, envoy in instances.items()}
    sampled = {name: envoy for name, envoy in instances.items() if envoy and not lacking[name]}
    return Window(
        carried={name: _grown(*_bytes(envoy, server_name)) for name, envoy in sampled.items()},
        hosts=sorted({host for envoy in instances.values() if envoy for host in envoy["routes"].get(server_name, [])}),
        outdated=frozenset(name for name, envoy in sampled.items() if _is_outdated(envoy, server_name)),
        unsampled=_unsampled(dialer.cluster, lacking, cluster),
        missing_heartbeat=_missing_heartbeat(dialer, sampled),
        length_ns=next(map(_length_ns, sampled.values()), None),
    )


def _lacking(envoy: Json | None, server_name: str) -> str:
    """Return why an instance has no usable window; empty where it has one."""
    if envoy is None:
        return "its envoy_admin in the config"
    if envoy["fault"]:
        return f"an answer of its Envoy ({envoy['fault']})"
    if len(envoy["samples"]) < 2 or _length_ns(envoy) is None:  # noqa: PLR2004 - a window has two ends
        return "a second sample (--path-window)"
    if (_length_ns(envoy) or 0) < SHORTEST_NS:
        return f"a window of {SHORTEST_NS // 10**9} s or more (--path-window)"
    if min(_grown(*_bytes(envoy, server_name)).values()) < 0:
        return "a window in which its Envoy does not start anew: its counters fell"
    return ""


def _is_outdated(envoy: Json, server_name: str) -> bool:
    return bool(envoy.get("connections", {}).get(server_name) == 0)


def _unsampled(cluster: str, lacking: Mapping[str, str], state: Json) -> str:
    if state["collection"]["gateways"]["status"] != "ok":
        return f"a reading of the gateways of {cluster}"
    if not lacking:
        return f"a mesh gateway in {cluster}"
    return "; ".join(f"of gateway {name} of {cluster}: {what}" for name, what in lacking.items() if what)


def _missing_heartbeat(dialer: Side, sampled: Mapping[str, Json]) -> str:
    """Return what is missing to say that the stream lived in the window, which says nothing without samples."""
    for envoy in sampled.values():
        first, last = (sample["heartbeats"].get(dialer.id) for sample in envoy["samples"])
        if first is None or last is None or last <= first:
            return f"a heartbeat of peering {dialer.peering['name']} of {dialer.cluster} between the samples"
    return ""


def _bytes(envoy: Json, server_name: str) -> tuple[Json, Json]:
    nothing = {"received": 0, "sent": 0}
    first, last = (sample["bytes"].get(server_name, nothing) for sample in envoy["samples"])
    return first, last


def _grown(first: Json, last: Json) -> dict[str, int]:
    return {way: last[way] - first[way] for way in ("received", "sent")}


def _length_ns(envoy: Json) -> int | None:
    times = [sample["at_ns"] for sample in envoy["samples"]]
    return times[-1] - times[0] if times and None not in times else None
