"""The defaults of all proxies, mesh gateways among them: the proxy-defaults config entry, whole."""

from scanner.collect.client import ConsulClient, Mark
from scanner.collect.config_entry import read_entry
from scanner.model.document import Json

PATH = "/v1/config/proxy-defaults/global"


def read_proxy_defaults(client: ConsulClient) -> tuple[Json | None, Mark]:
    """Return the entry as Consul gives it; None where there is none. Needs no grant.

    Raises:
        CallError: no usable answer, or a gateway mode that is no text.
    """
    entry, mark = read_entry(client, PATH)
    if entry is None:
        return None, mark
    entry.inner("MeshGateway").text("Mode")
    return entry.document, mark
