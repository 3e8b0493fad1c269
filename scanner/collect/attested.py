"""What operators attest of gateways, under the keys that Consul's own answers give those."""

from collections.abc import Iterable

from scanner.collect.target import GatewayTarget
from scanner.model.document import Json


def attested(attestations: Iterable[GatewayTarget], gateways: Json | None) -> Json:
    """Return {gateway key: {"proxy", "envoy_version"}} of the gateways that were read; `""` is the default scope."""
    by_place = {_place(one.partition, one.namespace, one.service): one for one in attestations}
    places = {
        key: _place(gateway["partition"], gateway["namespace"], gateway["service"])
        for key, gateway in (gateways or {}).items()
    }
    return {
        key: {"proxy": by_place[place].proxy, "envoy_version": by_place[place].envoy_version}
        for key, place in places.items()
        if place in by_place
    }


def _place(partition: str, namespace: str, service: str) -> tuple[str, str, str]:
    return partition or "default", namespace or "default", service
