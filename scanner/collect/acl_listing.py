"""All ACL tokens, roles and policies of a cluster (facts 1.6); texts only of policies that decide about a token."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from scanner.acl.effective import Directory, StoredPolicy, texts_needed
from scanner.acl.policy import parse_stored
from scanner.acl.tokens import Role, Token, read_role, read_token
from scanner.collect.client import ConsulClient, Mark, quoted
from scanner.collect.fault import CallError
from scanner.collect.fields import Fields
from scanner.collect.parallel import in_parallel
from scanner.model.document import Json
from scanner.model.snapshot import Edition

TOKENS_PATH = "/v1/acl/tokens"
ROLES_PATH = "/v1/acl/roles"
POLICIES_PATH = "/v1/acl/policies"
ANONYMOUS = "00000000-0000-0000-0000-000000000002"
"""The accessor of the token that stands for none. It always exists."""

# An expanded token tells the default policy of the servers.
ANONYMOUS_PATH = f"/v1/acl/token/{ANONYMOUS}"
# As many as there are connections: more would open one for each text.
TEXTS_AT_ONCE = 4
_OF_ONE_POLICY = ("not_found", "unknown_token", "too_large")
"""What leaves one policy unread, so that tokens with it are undecided, and tells nothing of the others.

1.14 says of a policy that is gone what it says of an unknown token; but the token has just listed it.
"""
_ADVICE = "Is this address Consul's own?"

T = TypeVar("T", Token, Role)


@dataclass(frozen=True)
class Listing:
    """The ACLs of a cluster, without any secret. `texts` are those of policies that were needed, by id."""

    tokens: tuple[Token, ...]
    directory: Directory
    texts: dict[str, str]
    mark: Mark


def read_listing(client: ConsulClient, datacenter: str, edition: Edition, now_ns: int) -> Listing:
    """Return the ACLs as they count in a datacenter at Consul's time.

    Raises:
        CallError: no usable answer.
    """
    answer = client.read_list(TOKENS_PATH)
    tokens = tuple(_understood(read_token, row, TOKENS_PATH) for row in answer.rows)
    roles = [_understood(read_role, row, ROLES_PATH) for row in client.read_list(ROLES_PATH).rows]
    anonymous = client.read_object(ANONYMOUS_PATH, {"expanded": "true"}).value
    directory = Directory(
        datacenter=datacenter,
        default="allow" if anonymous.text("AgentACLDefaultPolicy") == "allow" else "deny",
        policies={stored.id: stored for stored in map(_stored, client.read_list(POLICIES_PATH).rows)},
        roles={role.id: role for role in roles},
    )
    texts = _texts(client, texts_needed(tokens, directory, now_ns))
    return Listing(tokens, _with_texts(directory, texts, edition), texts, answer.mark)


def _understood(read: Callable[[Json], T], row: Fields, path: str) -> T:
    try:
        return read(row.document)
    except (KeyError, TypeError, AttributeError, ValueError):
        raise CallError("shape", f"GET {path}: an entry is not as Consul writes it", _ADVICE) from None


def _stored(row: Fields) -> StoredPolicy:
    return StoredPolicy(row.text("ID"), row.text("Name"), tuple(row.texts("Datacenters")), None)


def _texts(client: ConsulClient, policies: tuple[str, ...]) -> dict[str, str]:
    jobs = {policy: partial(_text, client, policy) for policy in policies}
    return {policy: text for policy, text in in_parallel(jobs, TEXTS_AT_ONCE).items() if text is not None}


def _text(client: ConsulClient, policy: str) -> str | None:
    """Return a text; None where the policy went since it was listed, or has more than may be read."""
    try:
        return client.read_object(f"/v1/acl/policy/{quoted(policy)}").value.text("Rules")
    except CallError as error:
        if error.kind not in _OF_ONE_POLICY:
            raise
        return None


def _with_texts(directory: Directory, texts: dict[str, str], edition: Edition) -> Directory:
    read = {key: _with_text(directory.policies[key], text, edition) for key, text in texts.items()}
    return replace(directory, policies={**directory.policies, **read})


def _with_text(stored: StoredPolicy, text: str, edition: Edition) -> StoredPolicy:
    """Return the policy with what its text says; with nothing where it cannot be read, which leaves it undecided."""
    policy, _ = parse_stored(text, edition)
    return replace(stored, policy=policy)
