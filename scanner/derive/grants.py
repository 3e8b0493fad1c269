"""What the ACL tokens of each mesh gateway may do, and what would mend it (design section 4, MGP-601 to 607)."""

from collections.abc import Mapping
from functools import partial

from scanner.acl.authorizer import Decision
from scanner.derive.directory import Holding, holdings, read_text
from scanner.derive.holders import Holders
from scanner.derive.mends import Lack, Mends, mends
from scanner.derive.rights import RIGHTS, excess
from scanner.model.document import Json

_GONE = ("DELETING", "TERMINATED")


def grants(clusters: Json) -> Json:
    """Return the grants by cluster and gateway key, as `schemas/derived.json` has them, where ACLs were read."""
    return {name: _of_cluster(cluster) for name, cluster in clusters.items() if cluster.get("acl")}


def acl_policies(clusters: Json) -> Json:
    """Return, by cluster and policy id, what in the stored policies that count for those tokens has no effect."""
    return {
        name: {
            key: _effects(policy, cluster)
            for key, policy in cluster["acl"]["policies"].items()
            if _counts(policy, cluster)
        }
        for name, cluster in clusters.items()
        if cluster.get("acl")
    }


def _counts(policy: Json, cluster: Json) -> bool:
    return not policy["datacenters"] or cluster["datacenter"] in policy["datacenters"]


def _of_cluster(cluster: Json) -> Json:
    held = {key: holdings(cluster, _chosen(cluster, key)["tokens"]) for key in cluster["gateways"] or {}}
    mended = mends(*_lacks(cluster, held))
    # What is limited to datacenters counts or not, by that name.
    unread = [] if cluster["datacenter"] else ["the datacenter's name"]
    judge = partial(_token, mended, _unjudged(cluster), unread)
    return {
        key: {
            "named_by": _chosen(cluster, key)["named_by"],
            "tokens": {accessor: judge(cluster["gateways"][key]["service"], one) for accessor, one in tokens.items()},
        }
        for key, tokens in held.items()
    }


def _chosen(cluster: Json, key: str) -> Json:
    # A snapshot that somebody changed by hand may know a gateway here and not there.
    chosen: Json = cluster["acl"]["gateways"].get(key, {"named_by": None, "tokens": {}})
    return chosen


def _lacks(cluster: Json, held: Mapping[str, Mapping[str, Holding]]) -> tuple[list[Lack], Holders]:
    """Return what the tokens lack that are known to be gateways' own, and who holds what; others are not mended."""
    known = {
        key: tokens for key, tokens in held.items() if _chosen(cluster, key)["named_by"] is not None or len(tokens) == 1
    }
    lacks = [
        Lack(cluster["gateways"][key]["service"], holding, right)
        for key, tokens in known.items()
        for holding in tokens.values()
        for right in _asked(cluster)
    ]
    tokens = {accessor: one for tokens in known.values() for accessor, one in tokens.items()}
    return [lack for lack in lacks if lack.is_sure], Holders(cluster["acl"], tokens)


def _asked(cluster: Json) -> list[str]:
    """Return the rights that a rule asks for here: the mesh only of who exports (MGP-604)."""
    exported = any(
        one["exported_services"] and not one["deleted"] and one["state"] not in _GONE
        for one in (cluster["peerings"] or {}).values()
    )
    return [right for right in RIGHTS if exported or right != "mesh_write"]


def _unjudged(cluster: Json) -> Mapping[str, str]:
    """Return what no policy of the default partition tells of a right, by right: Enterprise only."""
    if cluster["edition"] != "enterprise" or cluster.get("partitions") in ([], ["default"]):
        return {}
    return {"peering_read": "what it may in other partitions"}


def _token(mended: Mends, unjudged: Mapping[str, str], unread: list[str], service: str, holding: Holding) -> Json:
    unknown = [*holding.effective.unread, *unread]

    def right(name: str) -> Json:
        decision = RIGHTS[name](holding.authorizer, service)
        elsewhere = [unjudged[name]] if name in unjudged and decision.allowed else []
        return _right(decision, mended.get((service, holding.token.accessor, name)), [*unknown, *elsewhere])

    return {
        "name": holding.name,
        "policies": [policy.name for policy in holding.effective.policies],
        "unread": unknown,
        "excess": excess(holding.authorizer, service),
        "rights": {name: right(name) for name in RIGHTS},
    }


def _right(decision: Decision, mend: Json | None, unread: list[str]) -> Json:
    """Return whether the token has a right; what could not be read could grant or deny anything."""
    if unread:
        return {"allowed": None, "why": ", ".join(unread), "mend": None}
    return {"allowed": decision.allowed, "why": decision.why, "mend": mend}


def _effects(policy: Json, cluster: Json) -> Json:
    parsed, fault = read_text(policy["rules"], cluster)
    ignored = parsed.ignored if parsed else ()
    unread = "Consul did not give its text" if policy["rules"] is None else None
    return {
        "name": policy["name"],
        "fault": fault or unread,
        "ignored": [{"line": one.at.line, "what": one.what, "why": one.why} for one in ignored if one.judged],
    }
