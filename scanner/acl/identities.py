"""Which identities and templates of a token and its roles count in a datacenter.

As Deduplicate of agent/structs/acl.go and acl_templated_policy.go, oddities included: each is measured.
"""

from collections.abc import Iterable, Sequence

from scanner.acl.templates import NAMELESS
from scanner.acl.tokens import Attached, Identity


def in_force(holders: Sequence[Attached], datacenter: str) -> tuple[Identity, ...]:
    """Return the uses of templates that count: services, nodes, templates, of the token first and then of its roles."""
    services = _joined(use for holder in holders for use in holder.services)
    nodes = [use for holder in holders for use in holder.nodes]
    templates = _first_of_each(use for holder in holders for use in holder.templates)
    return tuple(use for use in (*services, *nodes, *templates) if not use.datacenters or datacenter in use.datacenters)


def _joined(uses: Iterable[Identity]) -> list[Identity]:
    """Join uses of one name: their datacenters add up.

    A use without datacenters adds none, so beside a limited one it is limited as well: that takes away grants.
    """
    datacenters: dict[Identity, set[str]] = {}
    for use in uses:
        datacenters.setdefault(Identity(use.template, use.name, ()), set()).update(use.datacenters)
    return [Identity(use.template, use.name, tuple(sorted(limits))) for use, limits in datacenters.items()]


def _first_of_each(uses: Iterable[Identity]) -> list[Identity]:
    """Keep the first of several uses of one template with one name, whatever datacenters the others are for."""
    first: dict[tuple[str, str], Identity] = {}
    for use in uses:
        first.setdefault((use.template, "" if use.template in NAMELESS else use.name), use)
    return list(first.values())
