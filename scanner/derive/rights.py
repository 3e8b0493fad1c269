"""The rights that a mesh gateway's token needs (facts 4.5), and what it has beyond them."""

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from scanner.acl.authorizer import Authorizer, Decision, written
from scanner.acl.merge import Grant

RIGHTS: Mapping[str, Callable[[Authorizer, str], Decision]] = MappingProxyType(
    {
        "service_write": lambda token, service: token.decide("service", service, "write"),
        "services_read": lambda token, _: token.decide_all("service", "read"),
        "nodes_read": lambda token, _: token.decide_all("node", "read"),
        "peering_read": lambda token, _: token.decide("peering", "", "read"),
        "mesh_write": lambda token, _: token.decide("mesh", "", "write"),
    }
)
"""How to ask for each right of the gateway service of that name."""

_LINES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "service_write": lambda service: f'service {json.dumps(service)} {{ policy = "write" }}',
        "services_read": lambda _: 'service_prefix "" { policy = "read" }',
        "nodes_read": lambda _: 'node_prefix "" { policy = "read" }',
        "peering_read": lambda _: 'peering = "read"',
        "mesh_write": lambda _: 'mesh = "write"',
    }
)

_NEEDED = frozenset({("service", "read"), ("node", "read"), ("agent", "read"), ("peering", "read")})


def line_for(right: str, service: str) -> str:
    """Return the line of a policy that grants a right to the gateway service of that name."""
    return _LINES[right](service)


def excess(token: Authorizer, service: str) -> list[str]:
    """Return each rule that grants what the gateway does not need, as a person would look for it, sorted.

    `agent:read` is for `consul connect envoy`; the sidecar's name comes with every service identity.
    """
    return sorted(written(grant) for grant in _grants(token) if not _is_needed(grant, service))


def _grants(token: Authorizer) -> Iterator[Grant]:
    yield from token.merged.scalars.values()
    for resource, table in token.merged.tables.items():
        yield from (grant for grant in table.grants() if resource != "intention" or grant.rule.intentions)


def _is_needed(grant: Grant, service: str) -> bool:
    level, rule = grant.level.lower(), grant.rule
    if level == "deny" or rule.resource == "mesh" or (rule.resource, level) in _NEEDED:
        return True
    return rule.resource == "service" and rule.match == "exact" and rule.segment in {service, f"{service}-sidecar-proxy"}
