"""What an Enterprise cluster holds outside the default partition and namespace.

Servers and the control plane's gateways are in the default ones, so what hides the others hides nothing of those: it is
told in a section of its own, `partitions`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import Any, TypeVar

from scanner.collect.access import Access
from scanner.collect.client import ConsulClient, Mark
from scanner.collect.fault import CallError
from scanner.collect.gateways import Gateways, read_gateways
from scanner.collect.partitions import DEFAULT, Scope, read_namespaces
from scanner.collect.peerings import read_peerings
from scanner.collect.section import CATALOG, Reading, failed
from scanner.model.document import Json

T = TypeVar("T")
_PEERING = ("peering:read",)
_UNTOLD = Reading[Any](None, "filtered", "without a token Consul does not say what it left out of other partitions")
_WORST_FIRST = ("error", "denied", "filtered", "ok")


@dataclass(frozen=True)
class Elsewhere:
    """Gateways and peerings as the sections of those names hold them, and the readings that hid some."""

    gateways: Gateways
    peerings: Json
    hidden: tuple[Reading[Any], ...]

    def told(self, partitions: Reading[list[str]]) -> Reading[list[str]]:
        """Return how the partitions were read: their list as it was, and the worst of what hid something in them."""
        if not self.hidden:
            return partitions
        return replace(
            partitions,
            status=min((one.status for one in self.hidden), key=_WORST_FIRST.index),
            detail="; ".join(one.detail for one in self.hidden),
            missing=tuple(sorted({grant for one in self.hidden for grant in one.missing})),
        )


def read_elsewhere(client: ConsulClient, access: Access, partitions: Sequence[str]) -> Elsewhere:
    """Read gateways and peerings of all partitions, but those of the default place, as far as the token may."""
    listed, gateways, peerings = {}, [], []
    if not set(CATALOG) & set(access.missing):
        listed = {name: _namespaces(client, name) for name in partitions}
        gateways = [_gateways(client, scope) for scope in _scopes(listed)]
    if not set(_PEERING) & set(access.missing):
        peerings = list(_peerings(client, partitions))
    untold = [_UNTOLD] if access.acl_enabled and access.anonymous else []
    return Elsewhere(
        gateways=reduce(Gateways.beside, (one.value for one in gateways if one.value), Gateways({}, {})),
        peerings={identity: one for found in peerings for identity, one in (found.value or {}).items()},
        hidden=tuple(one for one in (*untold, *listed.values(), *gateways, *peerings) if one.status != "ok"),
    )


def _namespaces(client: ConsulClient, partition: str) -> Reading[list[str]]:
    needs = ("operator:read",)
    return _reading(f"namespaces of partition {partition}", needs, partial(read_namespaces, client, partition))


def _scopes(listed: Mapping[str, Reading[list[str]]]) -> list[Scope]:
    """Return each place but the default one; of a partition whose namespaces are not told, the default one alone."""
    named = {partition: {DEFAULT, *(namespaces.value or ())} for partition, namespaces in listed.items()}
    scopes = [Scope(partition, name) for partition, names in named.items() for name in sorted(names)]
    return [scope for scope in scopes if scope != Scope(DEFAULT, DEFAULT)]


def _gateways(client: ConsulClient, scope: Scope) -> Reading[Gateways]:
    named = f"gateways of partition {scope.partition}, namespace {scope.namespace}"
    return _reading(named, CATALOG, partial(read_gateways, client, scope))


def _peerings(client: ConsulClient, partitions: Sequence[str]) -> Iterator[Reading[Json]]:
    """Give the peerings of each other partition until one is refused: each refusal takes Consul 12 s (facts 13.1)."""
    for name in partitions:
        if name != DEFAULT:
            reading = _reading(f"peerings of partition {name}", _PEERING, partial(read_peerings, client, name))
            yield reading
            if reading.status == "denied":
                return


def _reading(named: str, needs: tuple[str, ...], read: Callable[[], tuple[T, Mark]]) -> Reading[T]:
    """Return what was read, or how not; no refusal of one place is `disabled` or `unsupported` of all of them."""
    try:
        value, mark = read()
    except CallError as error:
        told = failed(error, needs)
        status = told.status if told.status == "denied" else "error"
        return replace(told, status=status, detail=f"{named}: {told.detail}")
    if mark.filtered:
        return Reading(value, "filtered", f"{named}: Consul left out what the token may not read", needs, mark)
    return Reading(value, mark=mark)
