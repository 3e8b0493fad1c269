"""What the ACL tokens of each mesh gateway may do, and what would mend it (design section 4, MGP-601 to 607)."""

from collections.abc import Mapping
from functools import partial

from scanner.derive.directory import Holding, holdings, read_text
from scanner.derive.mends import Holders, mend_of
from scanner.derive.rights import RIGHTS, excess
from scanner.model.document import Json


def grants(clusters: Json) -> Json:
    """Return the grants by cluster and gateway key, as `schemas/derived.json` has them, where ACLs were read."""
    return {name: _of_cluster(cluster) for name, cluster in clusters.items() if cluster.get("acl")}


def acl_policies(clusters: Json) -> Json:
    """Return, by cluster and policy id, what in the stored policies of those tokens has no effect."""
    return {
        name: {key: _effects(policy, cluster) for key, policy in cluster["acl"]["policies"].items()}
        for name, cluster in clusters.items()
        if cluster.get("acl")
    }


def _of_cluster(cluster: Json) -> Json:
    found: Json = {}
    for key, gateway in (cluster["gateways"] or {}).items():
        # A snapshot that somebody changed by hand may know a gateway here and not there.
        chosen = cluster["acl"]["gateways"].get(key, {"named_by": None, "tokens": {}})
        holders = Holders(cluster["acl"], holdings(cluster, chosen["tokens"]))
        judge = partial(_token, gateway["service"], holders, _unjudged(cluster))
        found[key] = {
            "named_by": chosen["named_by"],
            "tokens": {key: judge(one) for key, one in holders.gateway.items()},
        }
    return found


def _unjudged(cluster: Json) -> Mapping[str, str]:
    """Return what no policy of the default partition tells of a right, by right: Enterprise only."""
    if cluster["edition"] != "enterprise" or cluster.get("partitions") in ([], ["default"]):
        return {}
    return {"peering_read": "what it may in other partitions"}


def _token(service: str, holders: Holders, unjudged: Mapping[str, str], holding: Holding) -> Json:
    return {
        "name": holding.name,
        "policies": [policy.name for policy in holding.effective.policies],
        "unread": list(holding.effective.unread),
        "excess": excess(holding.authorizer, service),
        "rights": {right: _right(holding, right, service, holders, unjudged.get(right)) for right in RIGHTS},
    }


def _right(holding: Holding, right: str, service: str, holders: Holders, unjudged: str | None) -> Json:
    """Return whether the token has a right; what could not be read could grant or deny anything."""
    decision = RIGHTS[right](holding.authorizer, service)
    unread = [*holding.effective.unread, *([unjudged] if unjudged and decision.allowed else [])]
    if unread:
        return {"allowed": None, "why": ", ".join(unread), "mend": None}
    mend = None if decision.allowed else mend_of(holding, right, service, holders)
    return {"allowed": decision.allowed, "why": decision.why, "mend": mend}


def _effects(policy: Json, cluster: Json) -> Json:
    parsed, fault = read_text(policy["rules"], cluster)
    ignored = parsed.ignored if parsed else ()
    return {
        "name": policy["name"],
        "fault": fault or None,
        "ignored": [{"line": one.at.line, "what": one.what, "why": one.why} for one in ignored if one.judged],
    }
