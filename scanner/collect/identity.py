"""Datacenter and edition of a cluster, where its servers could not be read."""

from scanner.collect.client import ConsulClient
from scanner.collect.fault import CallError
from scanner.collect.spelling import edition
from scanner.model.snapshot import Edition


def own_datacenter(client: ConsulClient) -> str | None:
    """Return the datacenter of the agent that answers; None where the token may not read that agent."""
    try:
        return client.read_object("/v1/agent/self").value.inner("Config").text("Datacenter") or None
    except CallError:
        return None


def own_edition(client: ConsulClient) -> Edition | None:
    """Return the edition of the agent that answers; None on old versions. Needs no grant (facts 13.29)."""
    try:
        version = client.read_object("/v1/agent/version").value.text("HumanVersion")
    except CallError:
        return None
    return edition([version] if version else [])
