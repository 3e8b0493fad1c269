"""What the ACL tokens of each mesh gateway may do, and what would mend it (design section 4, MGP-601 to 607)."""

from scanner.derive.mends import Holders, mend_of
from scanner.derive.rights import RIGHTS, excess
from scanner.derive.tokens import HeldPolicy, HeldToken, held_policy, held_tokens
from scanner.model.document import Json


def grants(clusters: Json) -> Json:
    """Return the grants by cluster and gateway key, as `schemas/derived.json` has them, where ACLs were read."""
    return {name: _of_cluster(cluster) for name, cluster in clusters.items() if cluster.get("acl")}


def acl_policies(clusters: Json) -> Json:
    """Return, by cluster and policy id, what in the stored policies of those tokens has no effect."""
    return {
        name: {
            key: _effects(held_policy(key, policy, cluster))
            for key, policy in cluster["acl"]["policies"].items()
            if not policy["synthetic"]
        }
        for name, cluster in clusters.items()
        if cluster.get("acl")
    }


def _of_cluster(cluster: Json) -> Json:
    tokens = held_tokens(cluster)
    return {
        key: {
            "named_by": held["named_by"],
            "tokens": {
                accessor: _token(
                    tokens[accessor],
                    cluster["gateways"][key]["service"],
                    Holders(cluster["acl"], frozenset(held["tokens"])),
                )
                for accessor in held["tokens"]
            },
        }
        for key, held in cluster["acl"]["gateways"].items()
    }


def _token(token: HeldToken, service: str, holders: Holders) -> Json:
    return {
        "name": token.name,
        "policies": [held.name for held in token.policies],
        "unread": token.unread,
        "excess": excess(token.authorizer(), service),
        "rights": {right: _right(token, right, service, holders) for right in RIGHTS},
    }


def _right(token: HeldToken, right: str, service: str, holders: Holders) -> Json:
    """Return whether the token has a right; a policy that cannot be read could grant or deny anything."""
    decision = RIGHTS[right](token.authorizer(), service)
    if token.unread and not token.refusal:
        return {"allowed": None, "why": "; ".join(token.unread), "mend": None}
    mend = None if decision.allowed else mend_of(token, right, service, holders)
    return {"allowed": decision.allowed, "why": decision.why, "mend": mend}


def _effects(held: HeldPolicy) -> Json:
    ignored = held.policy.ignored if held.policy else ()
    return {
        "name": held.name,
        "fault": held.fault or None,
        "ignored": [{"line": one.at.line, "what": one.what, "why": one.why} for one in ignored],
    }
