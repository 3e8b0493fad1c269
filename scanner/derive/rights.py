"""The rights that a mesh gateway's token needs (facts 4.5), and what it has beyond them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from scanner.acl.authorizer import Authorizer, Decision, written
from scanner.acl.excess import Need
from scanner.acl.excess import excess as grants_beyond

RIGHTS: Mapping[str, Callable[[Authorizer, str], Decision]] = MappingProxyType(
    {
        "service_write": lambda may, service: may.decide("service", service, "write"),
        "services_read": lambda may, _: may.decide_all("service", "read"),
        "nodes_read": lambda may, _: may.decide_all("node", "read"),
        "peering_read": lambda may, _: may.decide("peering", "", "read"),
        "mesh_write": lambda may, _: may.decide("mesh", "", "write"),
    }
)
"""How to ask for each right of the gateway service of that name."""

_LINES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "service_write": lambda service: f'service "{_escaped(service)}" {{ policy = "write" }}',
        "services_read": lambda _: 'service_prefix "" { policy = "read" }',
        "nodes_read": lambda _: 'node_prefix "" { policy = "read" }',
        "peering_read": lambda _: 'peering = "read"',
        "mesh_write": lambda _: 'mesh = "write"',
    }
)

_ACTIVE = frozenset('"\\$')
"""A dollar sign could begin `${`, within which HCL reads quotes otherwise."""


def line_for(right: str, service: str) -> str:
    """Return the line of a policy that grants a right to the gateway service of that name."""
    return _LINES[right](service)


def _escaped(name: str) -> str:
    """Return a name as HCL writes it between quotes, in ASCII: what a shell or a terminal would act on shows."""
    return "".join(one if one.isascii() and one.isprintable() and one not in _ACTIVE else _code(one) for one in name)


def _code(character: str) -> str:
    return f"\\U{ord(character):08x}"


def excess(may: Authorizer, service: str) -> list[str]:
    """Return each rule that grants what the gateway does not need, as a person would look for it.

    `agent:read` is for `consul connect envoy`; the sidecar's name comes with every service identity.
    """
    needs = (
        Need("service", service, "write"),
        Need("service", f"{service}-sidecar-proxy", "write"),
        *(Need(resource, None, "read") for resource in ("service", "node", "agent", "peering")),
        Need("mesh", None, "write"),
    )
    return [written(grant) for grant in grants_beyond(may, needs)]
