"""What operators tell of gateways, under the keys that Consul's own answers give those."""

from collections.abc import Iterable

from scanner.collect.target import GatewayTarget
from scanner.model.document import Json


def attested(attestations: Iterable[GatewayTarget], gateways: Json | None) -> Json:
    """Return {gateway key: {"proxy", "envoy_version"}} of the gateways that were read."""
    return {
        key: {"proxy": told.proxy, "envoy_version": told.envoy_version}
        for key, told in told_of(attestations, gateways or {}).items()
    }


def told_of(attestations: Iterable[GatewayTarget], gateways: Json) -> dict[str, GatewayTarget]:
    """Return what operators tell of the gateways that were read, by key; `""` is the default scope."""
    by_place = {_place(one.partition, one.namespace, one.service): one for one in attestations}
    places = {
        key: _place(gateway["partition"], gateway["namespace"], gateway["service"]) for key, gateway in gateways.items()
    }
    return {key: by_place[place] for key, place in places.items() if place in by_place}


def _place(partition: str, namespace: str, service: str) -> tuple[str, str, str]:
    return partition or "default", namespace or "default", service
