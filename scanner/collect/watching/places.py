"""What is watched of a cluster: the questions that Consul answers when something changes (facts 3)."""

from dataclasses import dataclass, field

from scanner.collect.client import quoted
from scanner.collect.section import CATALOG
from scanner.model.document import Json

MOST_GATEWAYS = 16
"""Each watch holds a connection, of which Consul allows 200 a client (facts 3); further gateways are read in turn."""


@dataclass(frozen=True)
class Place:
    """One question to watch, and the query that it takes; `name` is what metrics and log call it."""

    name: str
    path: str
    query: tuple[tuple[str, str], ...] = field(default=())


_ENTRIES_AND_ROOTS = (
    # The lists, as they answer 200 and wake where there is no entry too.
    Place("mesh", "/v1/config/mesh"),
    Place("proxy_defaults", "/v1/config/proxy-defaults"),
    Place("roots", "/v1/connect/ca/roots"),
)
MOST_PLACES = len(_ENTRIES_AND_ROOTS) + 1 + MOST_GATEWAYS
_SERVERS = Place("servers", "/v1/health/service/consul")


def places(cluster: Json | None) -> tuple[Place, ...]:
    """Return what to watch of a cluster, by what was last read of it (None: nothing yet).

    Health is not watched with a token that may not see it: what is cut out of a list never wakes.
    """
    access = cluster["access"] if cluster else None
    if cluster is None or access is None or set(CATALOG) & set(access["missing"]):
        return _ENTRIES_AND_ROOTS
    return (*_ENTRIES_AND_ROOTS, _SERVERS, *_gateways(cluster["gateways"] or {}))


def _gateways(gateways: Json) -> list[Place]:
    readable = [gateways[key] for key in sorted(gateways) if gateways[key]["service"].isprintable()]
    return [_gateway(gateway) for gateway in readable[:MOST_GATEWAYS]]


def _gateway(gateway: Json) -> Place:
    scope = {"partition": gateway["partition"], "ns": gateway["namespace"]}
    named = "/".join(filter(None, (*scope.values(), gateway["service"])))
    query = tuple((key, value) for key, value in scope.items() if value)
    return Place(f"gateway {named}", f"/v1/health/service/{quoted(gateway['service'])}", query)
