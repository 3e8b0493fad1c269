"""A token, its roles and the policies of its cluster -> the policies that count for it.

As Consul's agent/consul/acl.go, resolvePoliciesForIdentity. `?expanded=true` is no substitute: it lists what is limited
to other datacenters too, and of two identities with one name it shows only one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from scanner.acl.authorizer import Authorizer, Default, authorizer
from scanner.acl.identities import in_force
from scanner.acl.merge import NamedPolicy
from scanner.acl.rules import Policy
from scanner.acl.templates import synthetic
from scanner.acl.tokens import Attached, Role, Token


@dataclass(frozen=True)
class StoredPolicy:
    """A policy of the cluster. `policy` is None where its text was not read, or could not be understood."""

    id: str
    name: str
    datacenters: tuple[str, ...]
    policy: Policy | None

    # Thousands of tokens ask for both.
    @cached_property
    def named(self) -> NamedPolicy | None:
        """Return the policy as one that a token has; None where it is not known."""
        return NamedPolicy(self.id, self.name, self.policy) if self.policy else None

    @cached_property
    def is_understood(self) -> bool:
        """Tell whether all that the policy may grant is known; what Enterprise alone understands is not."""
        return self.policy is not None and all(one.judged for one in self.policy.ignored)


@dataclass(frozen=True)
class Directory:
    """What tokens refer to, by id, and the settings of the servers that resolve them."""

    datacenter: str
    default: Default
    policies: Mapping[str, StoredPolicy]
    roles: Mapping[str, Role]


@dataclass(frozen=True)
class Effective:
    """What counts for a token now: `policies` in the order of Consul's merge.

    `unread` names what counts too and is not known (a policy's text, a role, a template): any answer may differ with
    it. An expired token has nothing, not even the default policy.
    """

    policies: tuple[NamedPolicy, ...]
    unread: tuple[str, ...]
    expired: bool = False

    def authorizer(self, default: Default) -> Authorizer:
        """Return what the token may do, as far as it is known."""
        answers = authorizer(self.policies, default)
        return Authorizer(answers.merged, default, "the token has expired") if self.expired else answers


def effective(token: Token, directory: Directory, now_ns: int) -> Effective:
    """Return what counts for a token at a moment, by Consul's clock (nanoseconds since 1970)."""
    if is_expired(token, now_ns):
        return Effective((), (), expired=True)
    holders = _holders(token, directory)
    stored = [directory.policies.get(policy) or _missing(policy) for policy in _policy_ids(holders)]
    counting = [policy for policy in stored if _counts(policy.datacenters, directory)]
    made = [(use, synthetic(use.template, use.name)) for use in in_force(holders, directory.datacenter)]
    unread = [
        *(f"role {role}" for role in token.roles if role not in directory.roles),
        *(f"policy {policy.name}" for policy in counting if not policy.is_understood),
        *(f"template {use.template}" for use, policy in made if policy is None),
    ]
    read = [policy.named for policy in counting if policy.named]
    return Effective((*read, *(policy for _, policy in made if policy)), tuple(unread))


def is_expired(token: Token, now_ns: int) -> bool:
    """Tell whether Consul no longer knows the token (it deletes it some time after)."""
    return token.expires_ns is not None and token.expires_ns < now_ns


def texts_needed(tokens: Iterable[Token], directory: Directory, now_ns: int) -> tuple[str, ...]:
    """Return the ids of the policies whose text decides about some token and is not read yet, sorted.

    Expired tokens need none, nor do policies that are limited to other datacenters.
    """
    wanted = {
        policy
        for token in tokens
        if not is_expired(token, now_ns)
        for policy in _policy_ids(_holders(token, directory))
        if policy in directory.policies and _counts(directory.policies[policy].datacenters, directory)
    }
    return tuple(sorted(policy for policy in wanted if directory.policies[policy].policy is None))


def _holders(token: Token, directory: Directory) -> list[Attached]:
    roles = (directory.roles[role] for role in token.roles if role in directory.roles)
    return [token.attached, *(role.attached for role in roles)]


def _policy_ids(holders: Iterable[Attached]) -> list[str]:
    """Return each id once, sorted: Consul merges in this order."""
    return sorted({policy for holder in holders for policy in holder.policies})


def _counts(datacenters: tuple[str, ...], directory: Directory) -> bool:
    return not datacenters or directory.datacenter in datacenters


def _missing(policy: str) -> StoredPolicy:
    return StoredPolicy(policy, policy, (), None)
