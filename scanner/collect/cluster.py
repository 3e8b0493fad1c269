"""One cluster -> its part of the snapshot."""

from collections.abc import Callable
from functools import partial
from typing import Any

from scanner.collect.acl import Wanted
from scanner.collect.acl_section import acl_reading
from scanner.collect.attested import attested, told_of
from scanner.collect.client import ConsulClient
from scanner.collect.identity import own_datacenter, own_edition
from scanner.collect.opt_in import opt_in_readings
from scanner.collect.sampling import Sampling
from scanner.collect.section import Reading
from scanner.collect.sections import Readings, access_reading, section_readings
from scanner.collect.spelling import edition
from scanner.collect.target import ClusterTarget
from scanner.collect.transport import Transport
from scanner.model.document import Json
from scanner.model.snapshot import OF_ENTERPRISE, OPT_IN, SECTIONS, Edition

ONE_SAMPLE = Sampling()

Progress = Callable[[str, str], None]
"""Told the cluster and the section after each section that has ended; called from several threads."""


def collect_cluster(
    target: ClusterTarget, transport: Transport, progress: Progress, sampling: Sampling = ONE_SAMPLE
) -> Json:
    """Read one cluster and return what stands under its name in `schemas/snapshot.json`.

    `access` is asked first. When that gives no usable answer every section is `error` with the same detail, and
    nothing else is asked: a silent server costs one timeout. Else each section stands for itself.

    Raises:
        ConfigError: the token's file is missing, empty or unreadable.
    """
    client = ConsulClient(transport)
    access = access_reading(client)
    progress(target.name, "access")
    if access.value is None:
        return _document(target, dict.fromkeys((*SECTIONS, *OPT_IN, *OF_ENTERPRISE), access), None, None)
    readings: Readings = {"access": access}
    heard = partial(progress, target.name)
    readings |= section_readings(client, access.value, heard)
    datacenter, its_edition = _datacenter(client, readings), _edition(client, readings)
    wanted = _wanted_tokens(target, readings, datacenter, its_edition)
    readings["acl"] = acl_reading(target, client, access.value, wanted or readings["gateways"])
    heard("acl")
    readings |= opt_in_readings(target, client, readings, sampling, heard)
    return _document(target, readings, datacenter, its_edition)


def _wanted_tokens(
    target: ClusterTarget, readings: Readings, datacenter: str | None, its_edition: Edition | None
) -> Wanted | None:
    """Return whose tokens to look for; None where the gateways were not read."""
    gateways = readings["gateways"].value
    if gateways is None:
        return None
    hints = told_of(target.gateways, gateways.by_key)
    return Wanted(
        services={key: gateway["service"] for key, gateway in gateways.by_key.items()},
        hints={key: told.token for key, told in hints.items()},
        datacenter=datacenter or "",
        edition=its_edition or "ce",
        now_ns=readings["access"].mark.at_ns or 0,
    )


def _datacenter(client: ConsulClient, readings: Readings) -> str | None:
    servers = readings["servers"].value
    return (servers.datacenter if servers else None) or own_datacenter(client)


def _edition(client: ConsulClient, readings: Readings) -> Edition | None:
    servers = readings["servers"].value
    texts = [server["version_text"] for server in servers.by_node.values()] if servers else []
    return edition([text for text in texts if text]) or own_edition(client)


def _document(target: ClusterTarget, readings: Readings, datacenter: str | None, its_edition: Edition | None) -> Json:
    values = {name: reading.value for name, reading in readings.items()}
    return {
        "intent": target.intent,
        "declared_peers": list(target.declared_peers),
        "datacenter": datacenter,
        "trust_domain": values["roots"].trust_domain if values["roots"] else None,
        "edition": its_edition,
        "now_ns": readings["access"].mark.at_ns if values["access"] else None,
        "access": values["access"].document() if values["access"] else None,
        "servers": values["servers"].by_node if values["servers"] else None,
        "agents": values["agents"],
        "gateways": values["gateways"].by_key if values["gateways"] else None,
        "roots": values["roots"].document if values["roots"] else None,
        "mesh": values["mesh"].entry if values["mesh"] else None,
        "mesh_elsewhere": values["mesh"].elsewhere if values["mesh"] else None,
        "partitions": values["partitions"],
        "proxy_defaults": values["proxy_defaults"],
        "peerings": values["peerings"],
        "services": values["services"],
        "self": values["self"],
        "acl": values["acl"],
        "attested": attested(target.gateways, values["gateways"].by_key if values["gateways"] else None),
        **{name: values[name] for name in OPT_IN},
        "collection": _collection(readings),
    }


def _collection(readings: dict[str, Reading[Any]]) -> Json:
    return {name: readings[name].document() for name in (*SECTIONS, *OPT_IN, *OF_ENTERPRISE)}
