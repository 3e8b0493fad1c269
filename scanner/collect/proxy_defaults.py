"""The defaults of all proxies, mesh gateways among them: what rules read of the proxy-defaults config entry."""

from scanner.collect.client import ConsulClient, Mark
from scanner.collect.config_entry import read_entry
from scanner.collect.proxy_config import projected
from scanner.model.document import Json

PATH = "/v1/config/proxy-defaults/global"


def read_proxy_defaults(client: ConsulClient, partition: str = "") -> tuple[Json | None, Mark]:
    """Return `MeshGateway` and `Config` of a partition's entry; None where there is none. Needs no grant.

    Config can hold credentials (a tracing token in an escape hatch), so values that no rule reads are hidden.

    Raises:
        CallError: no usable answer, or a gateway mode that is no text.
    """
    entry, mark = read_entry(client, PATH, partition)
    if entry is None:
        return None, mark
    entry.inner("MeshGateway").text("Mode")
    config = projected(entry.inner("Config").document)
    return {"MeshGateway": entry.inner("MeshGateway").document, "Config": config}, mark
