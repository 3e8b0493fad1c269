"""The grants of a token -> what it may do, and which rule decides.

As Consul's acl/policy_authorizer.go, followed by the default policy (acl/static_authorizer.go). Community edition.
`tests/integration/test_acl_parity.py` compares every kind of question with a running Consul.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from scanner.acl.levels import Access, permits
from scanner.acl.merge import Grant, Merged, NamedPolicy, Table, merge

Default = Literal["allow", "deny"]

NAMED = frozenset({"agent", "event", "intention", "key", "node", "query", "service", "session"})
"""Resources whose rules name what they are about."""

SCALARS = frozenset({"acl", "keyring", "mesh", "operator", "peering"})
"""Resources with one rule for all."""

_FALLS_BACK = frozenset({"mesh", "peering"})


@dataclass(frozen=True)
class Decision:
    """An answer: the rule that decides, and its policy's name, are None where no rule does. `why` is for people."""

    allowed: bool
    grant: Grant | None
    why: str


@dataclass(frozen=True)
class Authorizer:
    """Answers for one token; `refusal` is why it may do nothing at all (it expired), else None."""

    merged: Merged
    default: Default
    refusal: str | None = None

    def allow(self, resource: str, segment: str, access: Access) -> bool:
        """Tell whether the token may; see `decide`."""
        return self.decide(resource, segment, access).allowed

    def decide(self, resource: str, segment: str, access: Access) -> Decision:
        """Answer as `POST /v1/internal/acl/authorize` would; `segment` counts for resources with names only.

        The empty segment is the thing with the empty name, not all of them.

        Raises:
            ValueError: Consul has no such question, and would refuse it.
        """
        _check(resource, access)
        if resource in SCALARS:
            return self._decided(self._scalar(resource), access, resource)
        if resource == "intention" and segment == "*":
            return self.decide_any(resource, access) if access == "read" else self.decide_all(resource, access)
        if access == "write-prefix":
            return self._decide_tree(self.table(resource), segment)
        return self._decided(self.table(resource).deciding(segment), access, f'{resource} "{segment}"')

    def reads_all(self, resource: str) -> bool:
        """Tell whether nothing of a resource is hidden from the token, whatever its name."""
        return self.decide_all(resource, "read").allowed

    def writes_any(self, resource: str) -> bool:
        """Tell whether there is a name that the token may write."""
        return self.decide_any(resource, "write").allowed

    def decide_all(self, resource: str, access: Access) -> Decision:
        """Answer for all names at once: no rule, exact or prefix, may withhold it (allAllowed).

        Even a rule for the empty name, which nothing has, counts.
        """
        table = self.table(resource)
        return self._decide_each(table.grants(), table.prefix.get(""), access, f"every {resource}")

    def decide_any(self, resource: str, access: Access) -> Decision:
        """Answer whether some name is permitted: one rule that gives it is enough (anyAllowed)."""
        table = self.table(resource)
        giving = next((grant for grant in table.grants() if permits(grant.level, access)), None)
        return self._decided(giving or table.prefix.get(""), access, f"any {resource}")

    def table(self, resource: str) -> Table:
        """Return the rules of a resource with names. Raises ValueError for one without: `decide` answers about it."""
        if resource not in NAMED:
            raise ValueError(f"Consul has no rules by name for {resource!r}: ask with decide()")
        return self.merged.tables.get(resource, Table())

    def _scalar(self, resource: str) -> Grant | None:
        own = self.merged.scalars.get(resource)
        return own or (self.merged.scalars.get("operator") if resource in _FALLS_BACK else None)

    def _decide_tree(self, table: Table, beginning: str) -> Decision:
        """Answer whether everything below may be written, as for deleting a tree of keys (KeyWritePrefix)."""
        above = Table(prefix=table.prefix).deciding(beginning)
        below = [grant for grant in table.grants() if grant.rule.segment.startswith(beginning)]
        return self._decide_each(below, above, "write", f'every key below "{beginning}"')

    def _decide_each(self, grants: Iterable[Grant], above: Grant | None, access: Access, asked: str) -> Decision:
        withholding = next((grant for grant in grants if not permits(grant.level, access)), None)
        return self._decided(withholding or above, access, asked)

    def _decided(self, grant: Grant | None, access: Access, asked: str) -> Decision:
        if self.refusal:
            return Decision(allowed=False, grant=None, why=self.refusal)
        if grant:
            return Decision(permits(grant.level, access), grant, f"{written(grant)} decides")
        if asked == "acl":
            return Decision(allowed=False, grant=None, why="without a rule acl is denied, whatever the default policy")
        return Decision(self.default == "allow", None, f"no rule for {asked}: the default policy is {self.default}")


def _check(resource: str, access: Access) -> None:
    asked_of_keys_only = access in {"list", "write-prefix"}
    if resource not in NAMED | SCALARS or (asked_of_keys_only and resource != "key"):
        raise ValueError(f"Consul has no {access} of {resource!r}: ask for what acl/authorizer.go, Enforce, knows")


def authorizer(policies: Iterable[NamedPolicy], default: Default) -> Authorizer:
    """Return the answers of a token with these policies, in the order that Consul merges them, and this default."""
    return Authorizer(merge(policies), default)


def written(grant: Grant) -> str:
    """Return a grant as a person would look for it: `service_prefix "" = read in policy web`."""
    rule = grant.rule
    key = f"{rule.resource}_prefix" if rule.match == "prefix" else rule.resource
    name = "" if rule.match == "scalar" else f' "{rule.segment}"'
    intentions = f" (intentions = {rule.intentions})" if rule.intentions else ""
    return f"{key}{name} = {rule.level}{intentions} in policy {grant.policy}"
