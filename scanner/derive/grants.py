"""What the ACL tokens of each mesh gateway may do, and what would mend it (design section 4, MGP-601 to 607)."""

from scanner.derive.directory import Holding, holdings, read_text
from scanner.derive.mends import Holders, mend_of
from scanner.derive.rights import RIGHTS, excess
from scanner.model.document import Json


def grants(clusters: Json) -> Json:
    """Return the grants by cluster and gateway key, as `schemas/derived.json` has them, where ACLs were read."""
    return {name: _of_cluster(cluster) for name, cluster in clusters.items() if cluster["acl"]}


def acl_policies(clusters: Json) -> Json:
    """Return, by cluster and policy id, what in the stored policies of those tokens has no effect."""
    return {
        name: {key: _effects(policy, cluster) for key, policy in cluster["acl"]["policies"].items()}
        for name, cluster in clusters.items()
        if cluster["acl"]
    }


def _of_cluster(cluster: Json) -> Json:
    found: Json = {}
    for key, gateway in (cluster["gateways"] or {}).items():
        # A snapshot that somebody changed by hand may know a gateway here and not there.
        chosen = cluster["acl"]["gateways"].get(key, {"named_by": None, "tokens": {}})
        holders = Holders(cluster["acl"], holdings(cluster, chosen["tokens"]))
        tokens = {accessor: _token(one, gateway["service"], holders) for accessor, one in holders.gateway.items()}
        found[key] = {"named_by": chosen["named_by"], "tokens": tokens}
    return found


def _token(holding: Holding, service: str, holders: Holders) -> Json:
    return {
        "name": holding.name,
        "policies": [policy.name for policy in holding.effective.policies],
        "unread": list(holding.effective.unread),
        "excess": excess(holding.authorizer, service),
        "rights": {right: _right(holding, right, service, holders) for right in RIGHTS},
    }


def _right(holding: Holding, right: str, service: str, holders: Holders) -> Json:
    """Return whether the token has a right; what could not be read or judged could grant or deny anything."""
    decision = RIGHTS[right](holding.authorizer, service)
    unread = [*holding.effective.unread, *_unjudged(holding, right, allowed=decision.allowed)]
    if unread:
        return {"allowed": None, "why": ", ".join(unread), "mend": None}
    mend = None if decision.allowed else mend_of(holding, right, service, holders)
    return {"allowed": decision.allowed, "why": decision.why, "mend": mend}


def _unjudged(holding: Holding, right: str, *, allowed: bool) -> list[str]:
    """Return Enterprise's blocks that may decide: they grant too, and peerings are to be readable in all partitions."""
    if allowed and right != "peering_read":
        return []
    policies = holding.effective.policies
    return [
        f"{one.what} in policy {named.name}" for named in policies for one in named.policy.ignored if not one.judged
    ]


def _effects(policy: Json, cluster: Json) -> Json:
    parsed, fault = read_text(policy["rules"], cluster)
    ignored = parsed.ignored if parsed else ()
    return {
        "name": policy["name"],
        "fault": fault or None,
        "ignored": [{"line": one.at.line, "what": one.what, "why": one.why} for one in ignored if one.judged],
    }
