"""The mesh config entry, whole: remediation writes it back whole."""

from scanner.collect.client import ConsulClient, Mark
from scanner.collect.fault import CallError
from scanner.model.document import Json

PATH = "/v1/config/mesh/mesh"


def read_mesh(client: ConsulClient) -> tuple[Json | None, Mark]:
    """Return the entry as Consul gives it; None where there is none. Needs no grant (facts 1.2, 13.3).

    Raises:
        CallError: no usable answer, or a flag that is no truth value.
    """
    try:
        answer = client.read_object(PATH)
    except CallError as error:
        if error.kind == "not_found" and "Config entry not found" in error.message:
            return None, Mark(at_ns=error.at_ns)
        raise
    answer.value.inner("Peering").boolean("PeerThroughMeshGateways")
    return answer.value.document, answer.mark
