"""One config entry of Consul's, whole. Reading one needs no grant (facts 1.2, 13.3)."""

from scanner.collect.client import ConsulClient, Mark
from scanner.collect.fault import CallError
from scanner.collect.fields import Fields


def read_entry(client: ConsulClient, path: str, partition: str = "") -> tuple[Fields | None, Mark]:
    """Return the entry at `/v1/config/<kind>/<name>`; None where there is none.

    Args:
        client: asks the cluster.
        path: the entry's own.
        partition: of Enterprise; empty for the one that the request falls into by itself.

    Raises:
        CallError: no usable answer.
    """
    try:
        answer = client.read_object(path, {"partition": partition} if partition else None)
    except CallError as error:
        if error.kind == "not_found" and "Config entry not found" in error.message:
            return None, Mark(at_ns=error.at_ns)
        raise
    return answer.value, answer.mark
