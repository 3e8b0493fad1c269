"""Whether a poll showed anything that a rule could judge otherwise. Pure.

Heartbeats and bytes go on all the time, and a verdict is the same as long as they do. That they stopped counts as a
change; and time alone, which can make a verdict another one too, is judged at each full reading.
"""

from scanner.model.document import Json

_MOMENTS = ("last_heartbeat_ns", "last_receive_ns")


def still(before: Json, after: Json) -> bool:
    """Tell whether two readings of a cluster (`schemas/snapshot.json`) differ in nothing but what goes on."""
    return _timeless(before) == _timeless(after) and _went_on(before["peerings"] or {}, after["peerings"] or {})


def _timeless(cluster: Json) -> Json:
    sections = cluster["collection"].items()
    return cluster | {
        "now_ns": None,
        "collection": {name: read | {"index": None, "at_ns": None} for name, read in sections},
        "peerings": cluster["peerings"] and {key: _peering(one) for key, one in cluster["peerings"].items()},
        "envoy": cluster["envoy"] and {key: _sampled(found) for key, found in cluster["envoy"].items()},
    }


def _peering(peering: Json) -> Json:
    # That a daemon has seen signs go on speaks once; for how long there was none lately is what goes on.
    seen = (peering.get("silent") or {}).get("at_most_ns") is not None
    return peering | {moment: peering[moment] is None for moment in _MOMENTS} | {"silent": seen}


def _sampled(instances: Json) -> Json:
    return {name: envoy | {"samples": len(envoy["samples"])} for name, envoy in instances.items()}


def _went_on(before: Json, after: Json) -> bool:
    moments = ((before[key][moment], after[key][moment]) for key in after for moment in _MOMENTS)
    return all(later > earlier for earlier, later in moments if earlier is not None)
