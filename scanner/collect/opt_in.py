"""What is asked beside Consul where the operator says so: the Envoys of gateways, and the probe."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from scanner.collect.client import ConsulClient, Mark
from scanner.collect.fault import CallError
from scanner.collect.fields import Fields
from scanner.collect.parallel import in_parallel
from scanner.collect.partitions import Scope
from scanner.collect.peerings import PATH, PATIENCE_S, partitions_of
from scanner.collect.probe import Outcome, probe
from scanner.collect.sampling import Sampling, sample_envoys
from scanner.collect.section import Reading, failed
from scanner.collect.target import ClusterTarget
from scanner.model.document import Json

PROBES_AT_ONCE = 16
PROBES_LIMIT_S = 30.0

Readings = dict[str, Reading[Any]]
Heard = Callable[[str], None]

_OFF = {
    "envoy": Reading[Any](None, "off", "no envoy_admin is configured"),
    "probe": Reading[Any](None, "off", "the probe is not switched on"),
}


def opt_in_readings(
    target: ClusterTarget, client: ConsulClient, readings: Readings, sampling: Sampling, heard: Heard
) -> Readings:
    """Read what the operator asked for, all at once; the rest is `off`. `readings` are the sections of Consul."""
    jobs: dict[str, Callable[[], Reading[Any]]] = {}
    if _has_admins(target):
        jobs["envoy"] = lambda: _envoy(target, client, readings, sampling)
    if target.probe:
        jobs["probe"] = lambda: _probe(client, readings["peerings"])
    found = in_parallel(jobs, len(jobs))
    for name in jobs:
        heard(name)
    return _OFF | {name: reading for name, reading in found.items() if reading}


def envoy_reading(target: ClusterTarget, client: ConsulClient, readings: Readings, sampling: Sampling) -> Reading[Any]:
    """Sample the Envoys alone, if the operator said where they are; `readings` are the sections of Consul."""
    return _envoy(target, client, readings, sampling) if _has_admins(target) else _OFF["envoy"]


def _has_admins(target: ClusterTarget) -> bool:
    return any(gateway.envoy_admin for gateway in target.gateways)


def _envoy(target: ClusterTarget, client: ConsulClient, readings: Readings, sampling: Sampling) -> Reading[Any]:
    gateways = readings["gateways"]
    if gateways.value is None:
        return gateways.without_value()
    found = sample_envoys(target, client, gateways.value.by_key, readings["peerings"].value, sampling)
    faults = [
        f"Envoy of {name}: {envoy['fault']}"
        for instances in found.values()
        for name, envoy in sorted(instances.items())
        if envoy["fault"]
    ]
    return Reading(found, "error" if faults else "ok", "; ".join(faults), mark=gateways.mark)


def _probe(client: ConsulClient, peerings: Reading[Any]) -> Reading[Any]:
    """Return what each address did, by the dialer's peering id. The CA certificates are used and dropped here."""
    if peerings.value is None:
        return peerings.without_value()
    try:
        answers = [
            client.read_list(PATH, Scope(partition).query, PATIENCE_S) for partition in partitions_of(peerings.value)
        ]
    except CallError as error:
        return failed(error)
    jobs = {
        (row.text("ID"), address): partial(probe, address, row.text("PeerServerName"), roots)
        for answer in answers
        for row in answer.rows
        if (roots := "\n".join(row.texts("PeerCAPems"))) and not row.text("DeletedAt")
        for address in _addresses(row)
    }
    return Reading(_by_peering(jobs), mark=Mark(answers[0].mark.index, answers[0].mark.at_ns))


def _addresses(row: Fields) -> list[str]:
    return row.texts("PeerServerAddresses") if row.text("PeerServerName") else []


def _by_peering(jobs: Mapping[tuple[str, str], Callable[[], Outcome]]) -> Json:
    named = {f"{identity} {address}": job for (identity, address), job in jobs.items()}
    outcomes = in_parallel(named, PROBES_AT_ONCE, PROBES_LIMIT_S)
    found: Json = {}
    for identity, address in jobs:
        found.setdefault(identity, {})[address] = outcomes[f"{identity} {address}"] or "timeout"
    return found
