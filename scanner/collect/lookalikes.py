"""Services that are called like a mesh gateway, with the kinds that they have (design section 4, MGP-202)."""

from scanner.collect.client import ConsulClient, Mark
from scanner.collect.gateways import KIND, NAMES_PATH
from scanner.collect.partitions import IMPLIED, Scope
from scanner.model.document import Json

MOST = 100
_NAMES = "(?i)mesh[-_.]?(gateway|gw)"
_KINDS = (KIND, "", "connect-proxy")


def read_lookalikes(client: ConsulClient, scope: Scope = IMPLIED) -> tuple[Json, Mark]:
    """Return {"lookalikes": {service: [kinds]}, "cut": whether there are more than `MOST` such names}.

    Consul itself looks for the names, a question for each kind: thousands of services need not be listed.

    Raises:
        CallError: no usable answer.
    """
    kinds: dict[str, list[str]] = {}
    mark = Mark()
    for kind in _KINDS:
        wanted = f'ServiceKind == "{kind}" and ServiceName matches "{_NAMES}"'
        answer = client.read_object(NAMES_PATH, {"filter": wanted, **scope.query})
        for name in answer.value.document:
            kinds.setdefault(name, []).append(kind)
        mark = Mark(answer.mark.index, answer.mark.at_ns, mark.filtered or answer.mark.filtered)
    kept = sorted(kinds)[:MOST]
    return {"lookalikes": {name: kinds[name] for name in kept}, "cut": len(kinds) > MOST}, mark
