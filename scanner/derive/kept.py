"""Samples of Envoys from one scan to the next: a daemon has the time between them for free. Pure.

A scan that takes one sample cannot tell the way of a stream; with one of an earlier scan it has both ends of a window.
"""

from collections.abc import Iterator, Mapping

from scanner.derive.window import SHORTEST_NS
from scanner.model.document import Json

USUAL_NS = 35 * 10**9
"""Two heartbeats and some: a window of this length is preferred, and a longer one would tell of the past."""
LONGEST_NS = 600 * 10**9
"""An older sample says nothing of the way that a stream takes now."""

Place = tuple[str, str, str]
"""Cluster, gateway key and instance."""

Kept = Mapping[Place, tuple[Json, ...]]
"""What earlier scans saw of each Envoy since it started: `samples` of `schemas/snapshot.json`, the oldest first."""


def with_windows(snapshot: Json, kept: Kept) -> Json:
    """Return a snapshot in which each Envoy that was sampled once has a sample of an earlier scan before that one."""
    clusters = {name: _cluster(name, cluster, kept) for name, cluster in snapshot["clusters"].items()}
    return snapshot | {"clusters": clusters}


def kept_after(snapshot: Json, kept: Kept) -> Kept:
    """Return what to keep for the next scan: what the next one may need, and the samples of this one."""
    seen = {place: _with(_usable(kept, place, last), first) for place, first, last in _sampled(snapshot)}
    return {**kept, **seen}


def _with(earlier: tuple[Json, ...], sample: Json) -> tuple[Json, ...]:
    """Return samples with one more, unless it is the latest of them: of an Envoy that was not asked in between."""
    return earlier if earlier and earlier[-1] == sample else (*earlier, sample)


def _cluster(name: str, cluster: Json, kept: Kept) -> Json:
    found = {place: (first, last) for place, first, last in _sampled({"clusters": {name: cluster}})}
    if not found:
        return cluster
    told = {
        key: {instance: _windowed(envoy, kept, (name, key, instance), found) for instance, envoy in envoys.items()}
        for key, envoys in cluster["envoy"].items()
    }
    return cluster | {"envoy": told}


def _windowed(envoy: Json, kept: Kept, place: Place, found: Mapping[Place, tuple[Json, Json]]) -> Json:
    if place not in found:
        return envoy
    _, last = found[place]
    earlier = _usable(kept, place, last)[:1]
    long_enough = earlier and last["at_ns"] - earlier[0]["at_ns"] >= SHORTEST_NS
    return envoy | {"samples": [*earlier, last]} if long_enough else envoy


def _usable(kept: Kept, place: Place, last: Json) -> tuple[Json, ...]:
    """Return the kept samples that can begin a window with `last` or a later one, the best for `last` first.

    That is the latest that makes a usual window; where none does, the oldest. A counter that fell is that of an Envoy
    that started anew: what was kept says nothing of it.
    """
    recent = [sample for sample in kept.get(place, ()) if 0 <= last["at_ns"] - sample["at_ns"] <= LONGEST_NS]
    if any(_fell(sample["bytes"], last["bytes"]) for sample in recent):
        return ()
    usual = [sample for sample in recent if last["at_ns"] - sample["at_ns"] >= USUAL_NS]
    return tuple(recent[max(len(usual) - 1, 0) :])


def _fell(before: Json, after: Json) -> bool:
    return any(after[name][way] < carried[way] for name, carried in before.items() if name in after for way in carried)


def _sampled(snapshot: Json) -> Iterator[tuple[Place, Json, Json]]:
    """Give each Envoy that was sampled once: its sample as the first of a window, and as the last of one.

    Its heartbeats were read after its bytes, which is right for a first sample. For a last one they have to be read
    before, or a heartbeat could count whose bytes do not: the section of peerings was.
    """
    for name, cluster in snapshot["clusters"].items():
        at_ns = cluster["collection"]["peerings"]["at_ns"]
        heard = {peering_id: one["last_heartbeat_ns"] for peering_id, one in (cluster["peerings"] or {}).items()}
        for key, envoys in (cluster.get("envoy") or {}).items():
            for instance, envoy in envoys.items():
                if len(envoy["samples"]) == 1 and envoy["samples"][0]["at_ns"] is not None and at_ns is not None:
                    (first,) = envoy["samples"]
                    yield (name, key, instance), first, first | {"at_ns": at_ns, "heartbeats": heard}
