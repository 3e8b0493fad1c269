"""The tokens of a snapshot's gateways -> what each may do."""

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.acl.authorizer import Authorizer, Default
from scanner.acl.merge import NamedPolicy, merge
from scanner.acl.policy import parse_policy
from scanner.acl.rules import Policy
from scanner.errors import AclError
from scanner.model.document import Json


@dataclass(frozen=True)
class HeldPolicy:
    """A policy that counts for a token. `policy` is None where the text could not be read, and `fault` says why."""

    id: str
    name: str
    text: str
    policy: Policy | None
    fault: str = ""


@dataclass(frozen=True)
class HeldToken:
    """A token of a snapshot, as Consul resolves it in this datacenter at this time."""

    accessor: str
    name: str
    policies: tuple[HeldPolicy, ...]
    default: Default
    refusal: str | None

    @property
    def unread(self) -> list[str]:
        """Say of each policy that could not be read why."""
        return [f"policy {held.name}: {held.fault}" for held in self.policies if held.policy is None]

    def authorizer(self, *more: NamedPolicy) -> Authorizer:
        """Return its answers, were it given some policies more."""
        read = [NamedPolicy(held.id, held.name, held.policy) for held in self.policies if held.policy]
        return Authorizer(merge([*read, *more]), self.default, self.refusal)

    def with_rules(self, policy_id: str, policy: Policy) -> Authorizer:
        """Return its answers, had one of its policies other rules."""
        read = [
            NamedPolicy(held.id, held.name, policy if held.id == policy_id else held.policy)
            for held in self.policies
            if held.policy
        ]
        return Authorizer(merge(read), self.default, self.refusal)


def held_tokens(cluster: Json) -> dict[str, HeldToken]:
    """Return the tokens of a cluster whose ACLs were read, by accessor."""
    policies = {key: held_policy(key, policy, cluster) for key, policy in cluster["acl"]["policies"].items()}
    return {accessor: _held(accessor, token, policies, cluster) for accessor, token in cluster["acl"]["tokens"].items()}


def held_policy(policy_id: str, policy: Json, cluster: Json) -> HeldPolicy:
    """Return a policy as it counts: stored texts are read leniently, as Consul reads them."""
    try:
        parsed = parse_policy(policy["rules"], strict=False, edition=cluster["edition"] or "ce")
    except AclError as error:
        return HeldPolicy(policy_id, policy["name"], policy["rules"], None, error.message)
    return HeldPolicy(policy_id, policy["name"], policy["rules"], parsed)


def _held(accessor: str, token: Json, policies: dict[str, HeldPolicy], cluster: Json) -> HeldToken:
    valid = [policies[link["id"]] for link in token["policies"] if _is_valid_here(link["id"], cluster)]
    return HeldToken(
        accessor=accessor,
        name=_name(accessor, token),
        policies=tuple({held.id: held for held in valid}.values()),
        default=cluster["acl"]["default_policy"],
        refusal=_refusal(token, cluster["now_ns"]),
    )


def _is_valid_here(policy_id: str, cluster: Json) -> bool:
    """Tell whether a policy counts in this datacenter (section 2.1 of the language; none named means all)."""
    datacenters = cluster["acl"]["policies"][policy_id]["datacenters"]
    return not datacenters or cluster["datacenter"] in datacenters


def _refusal(token: Json, now_ns: int | None) -> str | None:
    if token["expires_ns"] is None or now_ns is None or now_ns < token["expires_ns"]:
        return None
    return "it has expired"


def _name(accessor: str, token: Json) -> str:
    parts: Iterator[str] = filter(None, (token["description"], f"and {token['alike']} alike" if token["alike"] else ""))
    described = ", ".join(parts)
    return f"{accessor} ({described})" if described else accessor
