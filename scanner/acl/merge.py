"""Several policies -> for each name the one rule that counts.

As Consul does it: acl/policy_merger.go, then loadRules of acl/policy_authorizer.go.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from scanner.acl.levels import rank
from scanner.acl.rules import Match, Policy, Rule


@dataclass(frozen=True)
class NamedPolicy:
    """A policy that a token has. `id` is Consul's, or the template and name that a synthetic policy is made of."""

    id: str
    name: str
    policy: Policy


@dataclass(frozen=True)
class Grant:
    """What one name or prefix got: the level, the rule that gave it, and the name of that rule's policy."""

    level: str
    rule: Rule
    policy: str


@dataclass(frozen=True)
class Table:
    """The grants of one resource: by whole name, and by beginning of a name. Names are case-sensitive."""

    exact: Mapping[str, Grant] = field(default_factory=dict)
    prefix: Mapping[str, Grant] = field(default_factory=dict)

    def grants(self) -> Iterator[Grant]:
        """Yield every grant."""
        yield from self.prefix.values()
        yield from self.exact.values()

    def deciding(self, name: str) -> Grant | None:
        """Return the grant of exactly this name, else of the longest prefix; None where no rule speaks of it."""
        if name in self.exact:
            return self.exact[name]
        beginnings = (name[:end] for end in range(len(name), -1, -1))
        return next((self.prefix[beginning] for beginning in beginnings if beginning in self.prefix), None)


@dataclass(frozen=True)
class Merged:
    """All grants of a token: `tables` of resources with names, `scalars` of those without."""

    tables: Mapping[str, Table]
    scalars: Mapping[str, Grant]


def merge(policies: Iterable[NamedPolicy]) -> Merged:
    """Merge policies, in the order that Consul merges them.

    The order decides only between levels that are not in lower case: the first stays.
    """
    found: dict[tuple[str, Match, str], list[Grant]] = {}
    for policy in policies:
        for rule in policy.policy.rules:
            key = (rule.resource, rule.match, rule.segment)
            found.setdefault(key, []).append(Grant(rule.level, rule, policy.name))
    kept = [max(grants, key=_weight) for grants in found.values()]
    intentions = [_intention(grants) for key, grants in found.items() if key[0] == "service"]
    return Merged(
        tables=_tables(kept) | {"intention": _table(intentions)},
        # A scalar whose level is not in lower case is lost: the merge begins with nothing, and `Read` ranks no higher.
        scalars={grant.rule.resource: grant for grant in kept if grant.rule.match == "scalar" and _weight(grant)},
    )


def _weight(grant: Grant) -> int:
    return rank(grant.level)


def _intention(grants: list[Grant]) -> Grant:
    """Return what service rules of one name grant on intentions towards it.

    `intentions` merges apart from the level. Where none says it, exactly `read` or `write` gives read; `Read` does not.
    """
    said = max(grants, key=lambda grant: rank(grant.rule.intentions or ""))
    if said.rule.intentions:
        return Grant(said.rule.intentions, said.rule, said.policy)
    kept = max(grants, key=_weight)
    return Grant("read" if kept.level in {"read", "write"} else "deny", kept.rule, kept.policy)


def _tables(grants: list[Grant]) -> dict[str, Table]:
    named = sorted((grant for grant in grants if grant.rule.match != "scalar"), key=_resource)
    return {resource: _table(list(group)) for resource, group in groupby(named, key=_resource)}


def _resource(grant: Grant) -> str:
    return grant.rule.resource


def _table(grants: list[Grant]) -> Table:
    return Table(
        exact={grant.rule.segment: grant for grant in grants if grant.rule.match == "exact"},
        prefix={grant.rule.segment: grant for grant in grants if grant.rule.match == "prefix"},
    )
