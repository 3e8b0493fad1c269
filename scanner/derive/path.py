"""Which way the stream of a pair takes: past gateways or through them (design section 4, "Path").

Consul's API never shows it. The dialing gateways' Envoys do, when two samples of them hold a heartbeat in between.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Literal

from scanner.derive.addresses import gateway_addresses, server_addresses
from scanner.derive.pairs import Pair, Side
from scanner.derive.window import Window, window_of
from scanner.model.document import Json

Verdict = Literal["proven", "bypassed", "unknown"]
_DEFAULT = frozenset({"", "default"})


@dataclass(frozen=True)
class Path:
    """The verdict on a pair, what is missing to reach one, and what decided it.

    `carried` are bytes by dialing gateway instance between the samples, as {"received", "sent"}; `hosts` what they
    lead the peer's server name to; `past` is why it is bypassed, in words.
    """

    verdict: Verdict
    missing: str = ""
    past: str = ""
    carried: Json = field(default_factory=dict)
    hosts: list[str] = field(default_factory=list)
    window_ns: int | None = None


def paths(pairs: list[Pair], clusters: Json) -> Json:
    """Return the path of each pair by its `cluster` and id, as `schemas/derived.json` has it.

    An id alone is not enough: a cloned cluster has the ids of its origin.
    """
    found: Json = {}
    for pair in pairs:
        found.setdefault(pair.cluster, {})[pair.id] = asdict(path_of(pair, clusters))
    return found


def path_of(pair: Pair, clusters: Json) -> Path:
    """Return the verdict on one pair."""
    dialer = _dialer(pair, clusters[pair.cluster])
    if dialer is None:
        return Path("unknown", pair.missing or "")
    window = window_of(dialer, dict(_dialing_instances(clusters[pair.cluster])), clusters[pair.cluster])
    acceptor = clusters[pair.peer] if pair.peer else None
    verdict, words = _verdict(window, pair, acceptor)
    missing, past = (words, "") if verdict == "unknown" else ("", words)
    return Path(verdict, missing, past, window.carried, window.hosts, window.length_ns)


def _verdict(window: Window, pair: Pair, acceptor: Json | None) -> tuple[Verdict, str]:
    """Return the verdict and, unless it is proven, why."""
    direct = _direct(window, acceptor)
    if direct:
        return "bypassed", f"the gateways of {pair.cluster} lead to servers of {pair.peer}: {', '.join(direct)}"
    if window.missing_heartbeat:
        return "unknown", window.missing_heartbeat
    if window.both_ways:
        return _carried(window, pair, acceptor)
    if window.unsampled:
        return "unknown", window.unsampled
    if window.silent:
        return "bypassed", f"heartbeats came in, and no gateway of {pair.cluster} carried a byte of them"
    return "unknown", f"bytes in both directions: the gateways of {pair.cluster} carried some in one only"


def _carried(window: Window, pair: Pair, acceptor: Json | None) -> tuple[Verdict, str]:
    if acceptor is None:
        return "unknown", pair.missing or ""
    if acceptor["collection"]["gateways"]["status"] != "ok":
        return "unknown", f"a reading of the gateways of {pair.peer}"
    if not window.hosts:
        told = "none shows in their Envoys, and Prometheus never shows one"
        return "unknown", f"the route of the gateways of {pair.cluster} to {pair.peer}: {told}"
    strange = sorted(set(window.hosts) - set(gateway_addresses(acceptor)))
    if strange:
        return "unknown", f"what {', '.join(strange)} is, where {pair.cluster} leads: no gateway of {pair.peer}"
    if window.by_old_connections:
        told = "what they carry is older and may go where they led before; restart their Envoys"
        return "unknown", f"a connection that gateways of {pair.cluster} made since they lead to {pair.peer}: {told}"
    return "proven", ""


def _direct(window: Window, acceptor: Json | None) -> list[str]:
    """Return the acceptor's own servers among the hosts; an address that is a gateway's too tells nothing."""
    if acceptor is None:
        return []
    return sorted(set(window.hosts) & (set(server_addresses(acceptor)) - set(gateway_addresses(acceptor))))


def _dialer(pair: Pair, cluster: Json) -> Side | None:
    for identity, peering in sorted((cluster["peerings"] or {}).items()):
        if peering["role"] == "dialer" and (peering["peer_id"] or identity) == pair.id:
            return Side(pair.cluster, identity, peering)
    return None


def _dialing_instances(cluster: Json) -> Iterator[tuple[str, Json | None]]:
    """Give each gateway instance of the default partition, since only those know all peers, and what its Envoy told."""
    told = cluster.get("envoy") or {}
    for key, gateway in sorted((cluster["gateways"] or {}).items()):
        if gateway["partition"] in _DEFAULT:
            for instance in sorted(gateway["instances"]):
                yield instance, told.get(key, {}).get(instance)
