"""What would give a token a right that it lacks, and change nothing else.

Each proposal is tried on the resolver first: one that Consul would refuse, or that a deny elsewhere would undo, is none.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from scanner.acl.merge import NamedPolicy
from scanner.acl.policy import parse_policy
from scanner.acl.rules import Policy
from scanner.derive.rights import RIGHTS, line_for
from scanner.derive.tokens import HeldPolicy, HeldToken
from scanner.errors import AclError
from scanner.model.document import Json

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST_NAME = 128
_BUILTIN = "00000000-0000-0000-0000-0000000000"


@dataclass(frozen=True)
class Mend:
    """One change: `update` writes policy (its id) back whole; `attach_to_…` makes policy (its name) for a holder's id."""

    kind: str
    policy: str
    rules: str
    holder: str = ""


@dataclass(frozen=True)
class Holders:
    """Who has what in a cluster: its ACLs as in the snapshot, and which tokens are the gateway's."""

    acl: Json
    accessors: frozenset[str]

    def own(self, policy_id: str) -> bool:
        """Tell whether nobody but the gateway has a policy, so that it may be changed."""
        policy = self.acl["policies"][policy_id]
        if policy["synthetic"] or policy_id.startswith(_BUILTIN):
            return False
        links = [
            (1 + token["alike"], link["role"])
            for token in self._tokens()
            for link in token["policies"]
            if link["id"] == policy_id
        ]
        roles = {role for _, role in links if role}
        return sum(number for number, _ in links) == policy["tokens"] and set(policy["roles"]) <= roles

    def own_role(self, accessor: str) -> str | None:
        """Return a role of the token that no other has, None where there is none."""
        for role in self.acl["tokens"][accessor]["roles"]:
            users = sum(1 + token["alike"] for token in self._tokens() if role in token["roles"])
            if users == self.acl["roles"][role]["tokens"]:
                return str(role)
        return None

    def _tokens(self) -> list[Json]:
        return [self.acl["tokens"][accessor] for accessor in self.accessors]


def mend_of(token: HeldToken, right: str, service: str, holders: Holders) -> Json | None:
    """Return the mend as `schemas/derived.json` has it; None where no command would be safe."""
    if token.refusal or token.unread:
        return None
    for policy in token.policies:
        if holders.own(policy.id):
            for rules in _proposals(policy.text, line_for(right, service)):
                if _grants(token, policy, rules, right, service):
                    return asdict(Mend("update", policy.id, rules))
    return _attached(token, right, service, holders)


def _proposals(text: str, line: str) -> Iterator[str]:
    """Yield the text with the line added, and with the line in the place of a misspelt one (`peering = "Read"`)."""
    yield f"{text.rstrip()}\n{line}\n".lstrip()
    misspelt = re.compile(rf"^[ \t]*{re.escape(line)}[ \t]*$", re.IGNORECASE | re.MULTILINE)
    if misspelt.search(text):
        yield misspelt.sub(line, text)


def _grants(token: HeldToken, policy: HeldPolicy, rules: str, right: str, service: str) -> bool:
    parsed = _read(rules)
    return parsed is not None and RIGHTS[right](token.with_rules(policy.id, parsed), service).allowed


def _attached(token: HeldToken, right: str, service: str, holders: Holders) -> Json | None:
    line = line_for(right, service)
    parsed = _read(line)
    if parsed is None or not RIGHTS[right](token.authorizer(NamedPolicy("", "", parsed)), service).allowed:
        return None
    name = _NOT_IN_NAMES.sub("-", f"{service}-{right}-{token.accessor[:8]}")[:_LONGEST_NAME]
    held = holders.acl["tokens"][token.accessor]
    role = holders.own_role(token.accessor)
    if role and (held["alike"] or all(link["role"] for link in held["policies"])):
        return asdict(Mend("attach_to_role", name, line, role))
    return None if held["alike"] else asdict(Mend("attach_to_token", name, line, token.accessor))


def _read(rules: str) -> Policy | None:
    try:
        return parse_policy(rules)
    except AclError:
        return None
