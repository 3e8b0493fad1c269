"""One cluster -> its part of the snapshot."""

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import Any

from scanner.collect.access import Access
from scanner.collect.acl import Wanted
from scanner.collect.acl_section import acl_reading
from scanner.collect.attested import told_of
from scanner.collect.client import ConsulClient
from scanner.collect.identity import own_datacenter, own_edition
from scanner.collect.known import Known, document, unread
from scanner.collect.opt_in import envoy_reading, opt_in_readings
from scanner.collect.sampling import Sampling
from scanner.collect.section import Reading
from scanner.collect.sections import Heard, Readings, access_reading, section_readings
from scanner.collect.spelling import edition
from scanner.collect.target import ClusterTarget
from scanner.collect.transport import Transport
from scanner.model.document import Json
from scanner.model.snapshot import Edition

ONE_SAMPLE = Sampling()

Progress = Callable[[str, str], None]
"""Told the cluster and the section after each section that has ended; called from several threads."""


def collect_cluster(
    target: ClusterTarget, transport: Transport, progress: Progress, sampling: Sampling = ONE_SAMPLE
) -> Json:
    """Read one cluster and return what stands under its name in `schemas/snapshot.json`.

    Raises:
        ConfigError: the token's file is missing, empty or unreadable.
    """
    known = read_whole(target, ConsulClient(transport), partial(progress, target.name), sampling)
    return document(target, known)


def read_whole(target: ClusterTarget, client: ConsulClient, heard: Heard, sampling: Sampling) -> Known:
    """Read all sections of a cluster.

    `access` is asked first. When that gives no usable answer every section is `error` with the same detail, and
    nothing else is asked: a silent server costs one timeout. Else each section stands for itself.

    Raises:
        ConfigError: the token's file is missing, empty or unreadable.
    """
    access = access_reading(client)
    heard("access")
    if access.value is None:
        return unread(access)
    readings: Readings = {"access": access}
    readings |= section_readings(client, access.value, heard)
    known = Known(readings, _datacenter(client, readings), _edition(client, readings))
    readings["acl"] = _acl(target, client, access.value, known)
    heard("acl")
    readings |= opt_in_readings(target, client, readings, sampling, heard)
    return known


def read_again(
    target: ClusterTarget, client: ConsulClient, known: Known, sections: Collection[str], heard: Heard
) -> Known:
    """Read some sections anew, and leave the others as they are known; all of a cluster that could not be read.

    Without a token `access` is read first: Consul does not tell that it cut an answer which nobody named asked for
    (facts 13.2), so an empty list would prove nothing once a grant is gone.
    `agents` are read with `servers` and `gateways`, and `envoy` with `peerings`, or what belongs together would be of
    two moments. So would be the tokens of gateways and the probe of addresses: where other gateways are found than
    before, ACLs are read too, and where other addresses are dialed, those are probed.

    Raises:
        ConfigError: the token's file is missing, empty or unreadable.
    """
    if known.access is None:
        return read_whole(target, client, heard, ONE_SAMPLE)
    if known.access.anonymous and known.access.acl_enabled:
        known = replace(known, readings=known.readings | {"access": access_reading(client)})
    access = known.access
    if access is None:
        return unread(known.readings["access"])
    readings = known.readings | section_readings(client, access, heard, sections, _no_partitions(known))
    if _gateway_keys(readings) != _gateway_keys(known.readings):
        readings["acl"] = _acl(target, client, access, replace(known, readings=readings))
    if _dialed(readings) != _dialed(known.readings):
        readings |= opt_in_readings(target, client, readings, ONE_SAMPLE, heard)
    elif "envoy" in sections:
        readings["envoy"] = envoy_reading(target, client, readings, ONE_SAMPLE)
    return replace(known, readings=readings)


def _no_partitions(known: Known) -> Reading[Any] | None:
    """Return how it was found that there are none; None where there are, or nobody knows.

    The community edition gets none between two full readings, so polls need not ask.
    """
    partitions = known.readings["partitions"]
    return partitions if partitions.status == "ok" and not partitions.value else None


def _gateway_keys(readings: Readings) -> set[str] | None:
    gateways = readings["gateways"].value
    return None if gateways is None else set(gateways.by_key)


def _dialed(readings: Readings) -> dict[str, list[str]]:
    peerings = readings["peerings"].value or {}
    return {identity: sorted(peering["server_addresses"]) for identity, peering in peerings.items()}


def _acl(target: ClusterTarget, client: ConsulClient, access: Access, known: Known) -> Reading[Json]:
    return acl_reading(target, client, access, _wanted_tokens(target, known) or known.readings["gateways"])


def _wanted_tokens(target: ClusterTarget, known: Known) -> Wanted | None:
    """Return whose tokens to look for; None where the gateways were not read."""
    gateways = known.readings["gateways"].value
    if gateways is None:
        return None
    hints = told_of(target.gateways, gateways.by_key)
    return Wanted(
        services={key: gateway["service"] for key, gateway in gateways.by_key.items()},
        hints={key: told.token for key, told in hints.items()},
        datacenter=known.datacenter or "",
        edition=known.edition or "ce",
        now_ns=known.readings["access"].mark.at_ns or 0,
    )


def _datacenter(client: ConsulClient, readings: Readings) -> str | None:
    servers = readings["servers"].value
    return (servers.datacenter if servers else None) or own_datacenter(client)


def _edition(client: ConsulClient, readings: Readings) -> Edition | None:
    servers = readings["servers"].value
    texts = [server["version_text"] for server in servers.by_node.values()] if servers else []
    return edition([text for text in texts if text]) or own_edition(client)
