"""The Consul agents on the nodes that host gateways, and their versions (facts 1.4)."""

from dataclasses import replace

from scanner.collect.client import ConsulClient, Mark
from scanner.collect.fields import Fields
from scanner.collect.gateways import Host
from scanner.collect.spelling import core_version
from scanner.model.document import Json

PATH = "/v1/agent/members"


def read_agents(client: ConsulClient, hosts: dict[str, Host], servers: Json, mark: Mark) -> tuple[Json, Mark]:
    """Return the agents by node name.

    A node says its agent's version since Consul 1.16; for older ones the version comes from `servers` when it is one
    of them, else from gossip, which is asked only then. `mark` is that of the answers that `hosts` come from.

    Raises:
        CallError: gossip was needed and gave no usable answer.
    """
    versions = {node: host.version_text or _text(servers.get(node)) for node, host in hosts.items()}
    if all(versions[node] or host.synthetic for node, host in hosts.items()):
        return _agents(hosts, versions), mark
    gossip = client.read_list(PATH)
    builds = {row.text("Name"): _build(row) for row in gossip.rows}
    versions = {node: text or builds.get(node, "") for node, text in versions.items()}
    return _agents(hosts, versions), replace(mark, filtered=mark.filtered or gossip.mark.filtered)


def _text(server: Json | None) -> str:
    return (server or {}).get("version_text") or ""


def _build(member: Fields) -> str:
    """Return `1.14.8` of the tag `1.14.8:revision`."""
    return member.inner("Tags").text("build").partition(":")[0]


def _agents(hosts: dict[str, Host], versions: dict[str, str]) -> Json:
    return {
        node: {
            "version": core_version(versions[node]),
            "version_text": versions[node] or None,
            "synthetic": host.synthetic,
            "serf_status": host.serf_status,
        }
        for node, host in hosts.items()
    }
