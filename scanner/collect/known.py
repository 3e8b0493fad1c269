"""What is known of one cluster -> its part of the snapshot."""

from dataclasses import dataclass
from typing import Any

from scanner.collect.access import Access
from scanner.collect.attested import attested
from scanner.collect.section import Reading
from scanner.collect.sections import Readings
from scanner.collect.target import ClusterTarget
from scanner.model.document import Json
from scanner.model.snapshot import OF_ENTERPRISE, OPT_IN, SECTIONS, Edition


@dataclass(frozen=True)
class Known:
    """What is known of a cluster: how each section was read, and what was found out beside."""

    readings: Readings
    datacenter: str | None = None
    edition: Edition | None = None

    @property
    def access(self) -> Access | None:
        """What the token may do; None where the cluster could not be read at all."""
        found: Access | None = self.readings["access"].value
        return found

    @property
    def now_ns(self) -> int | None:
        """Consul's time of the latest answer that rules hold against the time."""
        peerings, access = self.readings["peerings"].mark.at_ns, self.readings["access"].mark.at_ns
        return (peerings or access) if self.access is not None else None


def unread(access: Reading[Any]) -> Known:
    """Return what is known of a cluster that could not be read at all, as `access` says: nothing."""
    return Known(dict.fromkeys((*SECTIONS, *OPT_IN, *OF_ENTERPRISE), access))


def document(target: ClusterTarget, known: Known) -> Json:
    """Return what stands under the cluster's name in `schemas/snapshot.json`."""
    values = {name: reading.value for name, reading in known.readings.items()}
    return {
        "intent": target.intent,
        "declared_peers": list(target.declared_peers),
        "datacenter": known.datacenter,
        "trust_domain": values["roots"].trust_domain if values["roots"] else None,
        "edition": known.edition,
        "now_ns": known.now_ns,
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
        "collection": _collection(known.readings),
    }


def _collection(readings: Readings) -> Json:
    return {name: readings[name].document() for name in (*SECTIONS, *OPT_IN, *OF_ENTERPRISE)}
