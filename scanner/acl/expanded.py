"""`/v1/acl/token/<accessor>?expanded=true`: one answer that holds all that a token refers to."""

from collections.abc import Callable

from scanner.acl.effective import Directory, StoredPolicy
from scanner.acl.rules import Policy
from scanner.acl.tokens import read_role
from scanner.model.document import Json

ReadPolicy = Callable[[str], Policy | None]
"""Reads a policy's text; None where it cannot be understood."""


def expanded_directory(document: Json, datacenter: str, read: ReadPolicy) -> Directory:
    """Return what an expanded token document says about everything that the token refers to.

    `ExpandedPolicies` holds policies made of identities and templates as well. Nothing refers to them by id, so they
    have no effect here: Consul lists only one of two identities with the same name (their id is their text), and
    `effective` makes them anew.
    """
    policies = [stored_policy(policy, read) for policy in document.get("ExpandedPolicies") or ()]
    roles = [read_role(role) for role in document.get("ExpandedRoles") or ()]
    return Directory(
        datacenter=datacenter,
        default="allow" if document["AgentACLDefaultPolicy"] == "allow" else "deny",
        policies={one.id: one for one in policies},
        roles={one.id: one for one in roles},
    )


def stored_policy(document: Json, read: ReadPolicy) -> StoredPolicy:
    """Read one policy; the documents of `/v1/acl/policies` have no `Rules`, so nothing is known of theirs."""
    rules = document.get("Rules")
    datacenters = tuple(document.get("Datacenters") or ())
    return StoredPolicy(document["ID"], document["Name"], datacenters, None if rules is None else read(rules))
