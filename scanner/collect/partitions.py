"""Partitions and namespaces of Consul Enterprise, and how to ask about one. From HashiCorp's documentation.

The wildcard namespace is no way: `catalog/services` and `health/service` refuse it (`parseEntMetaNoWildcard` in
Consul's agent/catalog_endpoint.go and health_endpoint.go), so namespaces are listed and read one by one.
"""

from dataclasses import dataclass

from scanner.collect.client import ConsulClient, Mark
from scanner.collect.fault import CallError

PATH = "/v1/partitions"
NAMESPACES_PATH = "/v1/namespaces"
DEFAULT = "default"


@dataclass(frozen=True)
class Scope:
    """Where to read. An empty one is where a request falls by itself: that of the target, the token or the agent."""

    partition: str = ""
    namespace: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The parameters that say so."""
        given = {"partition": self.partition, "ns": self.namespace}
        return {name: value for name, value in given.items() if value}


IMPLIED = Scope()


def read_partitions(client: ConsulClient) -> tuple[list[str], Mark]:
    """Return all partitions, `default` first, where servers and the control plane's gateways are.

    The community edition does not know the question, and has none.

    Raises:
        CallError: no usable answer; `denied` without operator:read.
    """
    try:
        answer = client.read_list(PATH)
    except CallError as error:
        if error.kind not in {"not_found", "unsupported"}:
            raise
        return [], Mark(at_ns=error.at_ns)
    names = {row.text("Name") for row in answer.rows} - {"", DEFAULT}
    return [DEFAULT, *sorted(names)], answer.mark


def read_namespaces(client: ConsulClient, partition: str) -> tuple[list[str], Mark]:
    """Return the namespaces of a partition; those alone in which the token may read anything.

    Raises:
        CallError: no usable answer.
    """
    answer = client.read_list(NAMESPACES_PATH, {"partition": partition})
    return sorted({row.text("Name") for row in answer.rows} - {""}), answer.mark
