"""Short ways to write tokens, roles and the cluster that they live in, in the words of Consul's API."""

from typing import Any

from scanner.acl.authorizer import Default
from scanner.acl.effective import Directory, StoredPolicy
from scanner.acl.policy import parse_policy
from scanner.acl.tokens import Role, Token, read_role, read_token
from scanner.model.document import Json

LOCAL, ELSEWHERE = "dc1", "dc2"


def token(accessor: str = "t", **fields: Any) -> Token:
    return read_token({"AccessorID": accessor, "Description": f"token {accessor}"} | fields)


def role(name: str, **fields: Any) -> Role:
    return read_role({"ID": name, "Name": name} | fields)


def links(*ids: str) -> list[Json]:
    return [{"ID": one, "Name": one} for one in ids]


def policy(name: str, text: str | None, *datacenters: str) -> StoredPolicy:
    """Give a policy of the cluster, its name also its id; `text` None: it was not read."""
    return StoredPolicy(name, name, datacenters, None if text is None else parse_policy(text))


def directory(*known: StoredPolicy | Role, default: Default = "deny") -> Directory:
    """Give the cluster of datacenter dc1 with these policies and roles."""
    return Directory(
        datacenter=LOCAL,
        default=default,
        policies={one.id: one for one in known if isinstance(one, StoredPolicy)},
        roles={one.id: one for one in known if isinstance(one, Role)},
    )
