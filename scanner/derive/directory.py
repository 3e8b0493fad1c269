"""The ACLs of a snapshot, as values that Consul's resolver works on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from scanner.acl.authorizer import Authorizer
from scanner.acl.effective import Directory, Effective, StoredPolicy, effective
from scanner.acl.policy import parse_stored
from scanner.acl.rules import Policy
from scanner.acl.tokens import Attached, Identity, Role, Token
from scanner.model.document import Json


@dataclass(frozen=True)
class Holding:
    """A token and all that it refers to; `now_ns` is Consul's time, `alike` how many further tokens are the same."""

    token: Token
    directory: Directory
    now_ns: int
    alike: int

    @property
    def name(self) -> str:
        """Return the token as people tell it apart."""
        alike = f"and {self.alike} alike" if self.alike else ""
        described = ", ".join(filter(None, (self.token.description, alike)))
        return f"{self.token.accessor} ({described})" if described else self.token.accessor

    @cached_property
    def effective(self) -> Effective:
        """Return the policies that count, and what of them could not be read."""
        return effective(self.token, self.directory, self.now_ns)

    @cached_property
    def authorizer(self) -> Authorizer:
        """Return what the token may do."""
        return self.effective.authorizer(self.directory.default)

    def with_policy(self, stored: StoredPolicy) -> Authorizer:
        """Return what it might do, did it have this policy: anew, or in the place of the one with the same id."""
        directory = replace(self.directory, policies={**self.directory.policies, stored.id: stored})
        attached = replace(self.token.attached, policies=(*self.token.attached.policies, stored.id))
        token = replace(self.token, attached=attached)
        return effective(token, directory, self.now_ns).authorizer(self.directory.default)


def holdings(cluster: Json, chosen: Mapping[str, int]) -> dict[str, Holding]:
    """Return some tokens of a cluster whose ACLs were read, by accessor; `chosen` says of each how many are alike."""
    directory = _directory(cluster)
    tokens = cluster["acl"]["tokens"]
    return {
        accessor: Holding(_token(accessor, tokens[accessor]), directory, cluster["now_ns"] or 0, alike)
        for accessor, alike in chosen.items()
        if accessor in tokens
    }


def stored_policy(policy_id: str, policy: Json, cluster: Json) -> StoredPolicy:
    """Return a policy of a snapshot, read leniently as Consul reads what it stored."""
    parsed, _ = read_text(policy["rules"], cluster)
    return StoredPolicy(policy_id, policy["name"], tuple(policy["datacenters"]), parsed)


def read_text(rules: str | None, cluster: Json) -> tuple[Policy | None, str]:
    """Return what a stored text says, or None and why it cannot be read."""
    return (None, "") if rules is None else parse_stored(rules, cluster["edition"] or "ce")


def _directory(cluster: Json) -> Directory:
    acl = cluster["acl"]
    return Directory(
        datacenter=cluster["datacenter"] or "",
        default=acl["default_policy"],
        policies={key: stored_policy(key, policy, cluster) for key, policy in acl["policies"].items()},
        roles={key: Role(key, role["name"], _attached(role["attached"])) for key, role in acl["roles"].items()},
    )


def _token(accessor: str, token: Json) -> Token:
    attached = _attached(token["attached"])
    return Token(accessor, token["description"], attached, tuple(token["roles"]), token["expires_ns"])


def _attached(attached: Json) -> Attached:
    return Attached(
        policies=tuple(attached["policies"]),
        **{kind: tuple(map(_identity, attached[kind])) for kind in ("services", "nodes", "templates")},
    )


def _identity(use: Json) -> Identity:
    return Identity(use["template"], use["name"], tuple(use["datacenters"]))
