"""Samples of a cluster's Envoys: what each had carried, and the heartbeats that Consul had heard by then."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from scanner.collect.address import Address
from scanner.collect.client import ConsulClient
from scanner.collect.envoy import EnvoyLook, look_at_admin, look_at_prometheus
from scanner.collect.fault import CallError
from scanner.collect.http_transport import HttpTransport
from scanner.collect.parallel import in_parallel
from scanner.collect.peerings import partitions_of, read_peerings
from scanner.collect.target import ClusterTarget, GatewayTarget
from scanner.collect.transport import Transport
from scanner.model.document import Json

ENVOYS_AT_ONCE = 32
LOOK_LIMIT_S = 15.0
_PROMETHEUS_PATHS = ("/metrics", "/stats/prometheus")

Place = tuple[str, str]
"""Gateway key and instance, as in `schemas/snapshot.json`."""

Look = Callable[[], EnvoyLook]

_NO_ENVOY = frozenset({"unsupported", "not_found", "not_json", "shape"})
"""Kinds of an answer that no Envoy gives to what is asked of it."""


@dataclass(frozen=True)
class Sampling:
    """How Envoys are sampled: twice, `window_s` seconds apart; with 0 once. `connect` opens the way to one."""

    window_s: float = 0.0
    sleep: Callable[[float], None] = time.sleep
    connect: Callable[[ClusterTarget], Transport] = HttpTransport


@dataclass(frozen=True)
class Fault:
    """Why an Envoy told nothing: as a sentence, and whether what answered there is a `stranger`, no Envoy."""

    message: str
    stranger: bool = False


@dataclass(frozen=True)
class Sample:
    """One moment: what each Envoy said, or why it did not, and when (Consul's clock) which heartbeats had come."""

    looks: Mapping[Place, EnvoyLook | Fault]
    heartbeats: Mapping[str, int | None]
    at_ns: int | None


def sample_envoys(
    target: ClusterTarget, client: ConsulClient, gateways: Json, peerings: Json | None, sampling: Sampling
) -> Json:
    """Return the cluster's `envoy` as `schemas/snapshot.json` has it, of the instances that have an address.

    Bytes are read before the first heartbeats and after the last ones, so that each heartbeat in between left its
    bytes in the counters of whatever carried it. Where the peerings were not read, Consul is not asked for heartbeats
    either: refusing takes it 12 s.
    """
    server_names = {peering["server_name"] for peering in (peerings or {}).values() if peering["server_name"]}
    partitions = [] if peerings is None else partitions_of(peerings)
    with ExitStack() as opened:
        looks = dict(_looks(target, gateways, server_names, sampling, opened))
        samples = [_first(looks, client, partitions)]
        if sampling.window_s:
            sampling.sleep(sampling.window_s)
            samples.append(_last(looks, client, partitions))
    return _documents(samples)


def _first(looks: Mapping[Place, Look], client: ConsulClient, partitions: Collection[str]) -> Sample:
    seen = _look(looks)
    return Sample(seen, *_heartbeats(client, partitions))


def _last(looks: Mapping[Place, Look], client: ConsulClient, partitions: Collection[str]) -> Sample:
    heard = _heartbeats(client, partitions)
    return Sample(_look(looks), *heard)


def _looks(
    target: ClusterTarget, gateways: Json, server_names: Collection[str], sampling: Sampling, opened: ExitStack
) -> Iterator[tuple[Place, Look]]:
    for gateway in target.gateways:
        for instance, address in gateway.envoy_admin.items():
            transport = sampling.connect(ClusterTarget(instance, address))
            opened.callback(transport.close)
            look = look_at_prometheus if _is_prometheus(address) else look_at_admin
            yield (_key(gateway, gateways), instance), partial(look, transport, server_names)


def _is_prometheus(address: Address) -> bool:
    return address.scheme != "unix" and address.base.endswith(_PROMETHEUS_PATHS)


def _key(wanted: GatewayTarget, gateways: Json) -> str:
    """Return the key of the gateway that was meant: Enterprise spells the default partition out, CE leaves it empty."""
    scope = (wanted.service, wanted.partition or "default", wanted.namespace or "default")
    for key, found in gateways.items():
        if scope == (found["service"], found["partition"] or "default", found["namespace"] or "default"):
            return str(key)
    return f"{wanted.partition}/{wanted.namespace}/{wanted.service}"


def _look(looks: Mapping[Place, Look]) -> dict[Place, EnvoyLook | Fault]:
    jobs = {str(number): partial(_told, look) for number, look in enumerate(looks.values())}
    answers = in_parallel(jobs, ENVOYS_AT_ONCE, LOOK_LIMIT_S)
    late = Fault(f"its answers did not end within {LOOK_LIMIT_S:g} s")
    return dict(zip(looks, (answer or late for answer in answers.values()), strict=True))


def _told(look: Look) -> EnvoyLook | Fault:
    try:
        return look()
    except CallError as error:
        return Fault(error.message, stranger=error.kind in _NO_ENVOY)


def _heartbeats(client: ConsulClient, partitions: Collection[str]) -> tuple[dict[str, int | None], int | None]:
    try:
        answers = [read_peerings(client, partition) for partition in partitions]
    except CallError:
        return {}, None
    heard = {identity: one["last_heartbeat_ns"] for peerings, _ in answers for identity, one in peerings.items()}
    return heard, answers[-1][1].at_ns if answers else None


def _documents(samples: list[Sample]) -> Json:
    found: Json = {}
    for key, instance in samples[-1].looks:
        found.setdefault(key, {})[instance] = _document((key, instance), samples)
    return found


def _document(place: Place, samples: list[Sample]) -> Json:
    looks = [sample.looks[place] for sample in samples]
    fault = next((look for look in looks if isinstance(look, Fault)), Fault(""))
    told = [(sample, look) for sample, look in zip(samples, looks, strict=True) if isinstance(look, EnvoyLook)]
    last = told[-1][1] if told else EnvoyLook({})
    return {
        "version": last.version,
        "fault": fault.message,
        "stranger": fault.stranger,
        "routes": dict(last.routes),
        "connections": dict(last.connections),
        "samples": [
            {"at_ns": sample.at_ns, "heartbeats": dict(sample.heartbeats), "bytes": dict(look.bytes)}
            for sample, look in told
        ],
    }
