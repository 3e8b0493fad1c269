"""The keys of an ACL policy and their levels; source: PolicyRules in Consul's acl/policy.go."""

from dataclasses import dataclass
from typing import Final

from scanner.acl.rules import Match


@dataclass(frozen=True)
class Field:
    """A key that takes rules with names."""

    key: str
    resource: str
    match: Match

    @property
    def takes_list(self) -> bool:
        """Tell whether `list` is a level here."""
        return self.resource == "key"

    @property
    def takes_intentions(self) -> bool:
        """Tell whether a rule may have a level for intentions beside its own."""
        return self.resource in {"service", "identity"}


def _both(resource: str) -> tuple[Field, Field]:
    return Field(resource, resource, "exact"), Field(f"{resource}_prefix", resource, "prefix")


LABELLED: Final = tuple(
    field for resource in ("agent", "key", "node", "service", "session", "event", "query") for field in _both(resource)
)
"""What rules may be about, by name."""

FORMER: Final = _both("identity")
"""Consul still reads them, and then throws them away."""

SCALARS: Final = ("acl", "keyring", "operator", "mesh", "peering")
"""What is granted as a whole."""

ENTERPRISE: Final = frozenset({"namespace", "namespace_prefix", "partition", "partition_prefix"})
"""Unknown keys to the community edition."""

LEVELS: Final = frozenset({"deny", "read", "write"})
"""Besides `list`, for keys alone."""


def folded(key: str) -> str:
    """Return what two keys have in common that Consul takes for the same: upper and lower case, and the long s."""
    if key.isascii():
        return key.lower()
    return "".join(lower if len(lower := character.casefold()) == 1 else character for character in key)
