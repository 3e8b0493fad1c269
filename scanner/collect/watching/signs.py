"""For how long peerings gave no new sign of life, as seen from reading to reading on the scanner's own clock. Pure.

Consul tells when the last one came by the clock of its leader, and what time it is by the clock of the agent that was
asked: where those differ, the age between them says nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from scanner.model.document import Json

_SECOND = 10**9


@dataclass(frozen=True)
class Sign:
    """The last sign of life of a peering: `heard_ns` by Consul's clock, all else by a clock that never goes back.

    `known_at` is when the first reading that showed it was over, `read_at` when the latest one began, and `other_at`
    when the last one began that showed another sign; None where none did.
    """

    heard_ns: int
    known_at: float
    read_at: float
    other_at: float | None = None


Signs = Mapping[str, Sign]
"""By the peering's id."""


def signs_after(signs: Signs, peerings: Json | None, began: float, ended: float) -> Signs:
    """Return the signs after a reading; of peerings that were not read (None) nothing is known any more."""
    heard = {identity: _heard_ns(peering) for identity, peering in (peerings or {}).items()}
    return {
        identity: _after(signs.get(identity), at_ns, began, ended)
        for identity, at_ns in heard.items()
        if at_ns is not None
    }


def with_silence(cluster: Json, signs: Signs, ended: float) -> Json:
    """Return a cluster (`schemas/snapshot.json`) with the `silent` time of its peerings at the end of a reading."""
    if not signs:
        return cluster
    told = {
        identity: peering | {"silent": _silent(signs[identity], ended)} if identity in signs else peering
        for identity, peering in cluster["peerings"].items()
    }
    return cluster | {"peerings": told}


def _after(before: Sign | None, heard_ns: int, began: float, ended: float) -> Sign:
    if before is not None and before.heard_ns == heard_ns:
        return replace(before, read_at=began)
    return Sign(heard_ns, ended, began, before.read_at if before else None)


def _silent(sign: Sign, ended: float) -> Json:
    most = None if sign.other_at is None else _ns(ended - sign.other_at)
    return {"at_least_ns": _ns(max(0.0, sign.read_at - sign.known_at)), "at_most_ns": most}


def _heard_ns(peering: Json) -> int | None:
    """Return the last heartbeat; null for 17 s after each reconnect, while messages come in (facts 13.18)."""
    heartbeat: int | None = peering["last_heartbeat_ns"]
    message: int | None = peering["last_receive_ns"]
    return message if heartbeat is None else heartbeat


def _ns(seconds: float) -> int:
    return int(seconds * _SECOND)
