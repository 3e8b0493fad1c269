"""The four levels of a rule: which one a merge keeps, and what each permits."""

from typing import Literal

Access = Literal["read", "list", "write", "write-prefix"]

_RANKS = {"deny": 4, "write": 3, "list": 2, "read": 1}
_PERMITTED = {
    "write": frozenset({"read", "list", "write", "write-prefix"}),
    "list": frozenset({"read", "list"}),
    "read": frozenset({"read"}),
}


def rank(level: str) -> int:
    """Return the weight of a level in a merge: deny over write over list over read; 0 for every other spelling.

    Case counts: `Read` is a level, yet it loses against every lower-case one (consul acl/policy.go,
    takesPrecedenceOver).
    """
    return _RANKS.get(level, 0)


def permits(level: str, access: Access) -> bool:
    """Tell whether a rule of this level, in any case, permits an access (acl/policy_authorizer.go, enforce)."""
    return access in _PERMITTED.get(level.lower(), frozenset())
