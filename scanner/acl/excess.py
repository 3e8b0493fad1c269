"""What a token grants beyond what is needed."""

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.acl.authorizer import Authorizer
from scanner.acl.levels import Access, permits
from scanner.acl.merge import Grant

_ACCESSES: tuple[Access, ...] = ("read", "list", "write")


@dataclass(frozen=True)
class Need:
    """An access that is needed: to one name, or with `segment` None to every name (or to a resource without names)."""

    resource: str
    segment: str | None
    access: Access

    def covers(self, grant: Grant, resource: str, access: Access) -> bool:
        """Tell whether a grant's access to a resource is no more than this need."""
        one_name = grant.rule.match == "exact" and grant.rule.segment == self.segment
        return self.resource == resource and (self.segment is None or one_name) and permits(self.access, access)


def excess(may: Authorizer, needs: Sequence[Need]) -> tuple[Grant, ...]:
    """Return the grants that permit more than the needs, in order of resource and name.

    What the default policy permits is not among them: it has no grant; see `Authorizer.default`. Reading intentions
    comes with every service rule and is never too much.
    """
    asked = (*needs, Need("intention", None, "read"))
    found = [(resource, grant) for resource, grant in _grants(may) if _exceeds(resource, grant, asked)]
    ordered = sorted(found, key=lambda one: (one[0], one[1].rule.match, one[1].rule.segment))
    return tuple(grant for _, grant in ordered)


def _grants(may: Authorizer) -> list[tuple[str, Grant]]:
    named = [(resource, grant) for resource, table in may.merged.tables.items() for grant in table.grants()]
    return [*named, *may.merged.scalars.items()]


def _exceeds(resource: str, grant: Grant, needs: Sequence[Need]) -> bool:
    permitted = [access for access in _ACCESSES if permits(grant.level, access)]
    return any(not any(need.covers(grant, resource, access) for need in needs) for access in permitted)
