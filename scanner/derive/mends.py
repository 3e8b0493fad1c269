"""What would give a token a right that it lacks, and change nothing else.

Each proposal is tried on the resolver first: what Consul would refuse, or a deny elsewhere would undo, is none.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace

from scanner.acl.effective import StoredPolicy
from scanner.acl.policy import parse_policy
from scanner.acl.rules import Policy
from scanner.derive.directory import Holding
from scanner.derive.rights import RIGHTS, line_for
from scanner.errors import HclError
from scanner.model.document import Json

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST_NAME = 128
_BUILTIN = "00000000-0000-0000-0000-0000000000"


@dataclass(frozen=True)
class Mend:
    """One change: `update` writes a policy (by id) back whole, `attach_to_…` makes one (by name) for a holder's id."""

    kind: str
    policy: str
    rules: str
    holder: str = ""


@dataclass(frozen=True)
class Holders:
    """The tokens of one gateway, and the snapshot's `acl`, which counts who else has their policies and roles."""

    acl: Json
    gateway: Mapping[str, Holding]

    def own(self, policy_id: str) -> bool:
        """Tell whether nobody but the gateway has a policy, so that it may be changed."""
        policy = self.acl["policies"][policy_id]
        roles = {role for holding in self.gateway.values() for role in holding.token.roles}
        return (
            not policy_id.startswith(_BUILTIN)
            and self._having(policy_id) == policy["tokens"]
            and set(policy["roles"]) <= roles
        )

    def text(self, policy_id: str) -> str | None:
        """Return a policy's text; None where it is not there, or counts in other datacenters only."""
        rules: str | None = self.acl["policies"].get(policy_id, {"rules": None})["rules"]
        return rules

    def own_role(self, holding: Holding) -> str | None:
        """Return a role of the token that nobody else has, None where there is none."""
        for role in holding.token.roles:
            users = [one for one in self.gateway.values() if role in one.token.roles]
            if role in self.acl["roles"] and _number(users) == self.acl["roles"][role]["tokens"]:
                return role
        return None

    def _having(self, policy_id: str) -> int:
        return _number(one for one in self.gateway.values() if policy_id in policy_ids(one))


def policy_ids(holding: Holding) -> list[str]:
    """Return the stored policies that a token has, by itself or by a role, in order of id."""
    roles = [holding.directory.roles[role] for role in holding.token.roles if role in holding.directory.roles]
    attached = [holding.token.attached, *(role.attached for role in roles)]
    return sorted({policy for one in attached for policy in one.policies})


def mend_of(holding: Holding, right: str, service: str, holders: Holders) -> Json | None:
    """Return the mend as `schemas/derived.json` has it; None where no command would be safe."""
    line = line_for(right, service)
    for policy_id in policy_ids(holding):
        stored = holding.directory.policies.get(policy_id)
        text = holders.text(policy_id)
        if stored and text is not None and holders.own(policy_id):
            for rules in _proposals(text, line):
                if _would_grant(holding, replace(stored, policy=_read(rules)), right, service):
                    return asdict(Mend("update", policy_id, rules))
    return _attached(holding, right, service, holders)


def _proposals(text: str, line: str) -> Iterator[str]:
    """Yield the text with the line added, and with the line in the place of a misspelt one (`peering = "Read"`)."""
    yield f"{text.rstrip()}\n{line}\n".lstrip()
    misspelt = re.compile(rf"^[ \t]*{re.escape(line)}[ \t]*$", re.IGNORECASE | re.MULTILINE)
    if misspelt.search(text):
        yield misspelt.sub(lambda _: line, text)


def _attached(holding: Holding, right: str, service: str, holders: Holders) -> Json | None:
    line = line_for(right, service)
    name = _NOT_IN_NAMES.sub("-", f"{service}-{right}-{holding.token.accessor[:8]}")[:_LONGEST_NAME]
    if not _would_grant(holding, StoredPolicy(name, name, (), _read(line)), right, service):
        return None
    role = holders.own_role(holding)
    if role and (holding.alike or not holding.token.attached.policies):
        return asdict(Mend("attach_to_role", name, line, role))
    return None if holding.alike else asdict(Mend("attach_to_token", name, line, holding.token.accessor))


def _would_grant(holding: Holding, stored: StoredPolicy, right: str, service: str) -> bool:
    return stored.policy is not None and RIGHTS[right](holding.with_policy(stored), service).allowed


def _read(rules: str) -> Policy | None:
    """Return what Consul would read in a new text; None where it would refuse it."""
    try:
        return parse_policy(rules)
    except HclError:
        return None


def _number(holdings: "Iterator[Holding] | list[Holding]") -> int:
    return sum(1 + holding.alike for holding in holdings)
