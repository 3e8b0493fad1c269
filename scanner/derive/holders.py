"""Who has a policy or a role: what only the gateways have may be changed, all else is left alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.derive.directory import Holding
from scanner.model.document import Json

_BUILTIN = "00000000-0000-0000-0000-0000000000"


@dataclass(frozen=True)
class Holders:
    """The gateways' tokens by accessor, and the snapshot's `acl`, which counts who else has their policies, roles."""

    acl: Json
    gateway: Mapping[str, Holding]

    def own(self, policy_id: str) -> bool:
        """Tell whether nobody but the gateways has a policy, so that it may be changed."""
        policy = self.acl["policies"][policy_id]
        roles = {role for holding in self.gateway.values() for role in holding.token.roles}
        having = _number(one for one in self.gateway.values() if policy_id in policy_ids(one))
        return not policy_id.startswith(_BUILTIN) and having == policy["tokens"] and set(policy["roles"]) <= roles

    def text(self, policy_id: str) -> str | None:
        """Return a policy's text; None where it is not there, or counts in other datacenters only."""
        rules: str | None = self.acl["policies"].get(policy_id, {"rules": None})["rules"]
        return rules

    def own_role(self, holding: Holding) -> str | None:
        """Return a role of the token that nobody else has, None where there is none."""
        for role in holding.token.roles:
            users = _number(one for one in self.gateway.values() if role in one.token.roles)
            if role in self.acl["roles"] and users == self.acl["roles"][role]["tokens"]:
                return role
        return None


def policy_ids(holding: Holding) -> list[str]:
    """Return the stored policies that a token has, by itself or by a role, in order of id."""
    roles = [holding.directory.roles[role] for role in holding.token.roles if role in holding.directory.roles]
    attached = [holding.token.attached, *(role.attached for role in roles)]
    return sorted({policy for one in attached for policy in one.policies})


def _number(holdings: Iterable[Holding]) -> int:
    return sum(1 + holding.alike for holding in holdings)
