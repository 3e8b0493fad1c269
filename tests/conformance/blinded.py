"""Documents in which some sections of some clusters could not be read."""

import copy
import random
from collections.abc import Iterable

from scanner.model.document import Json
from scanner.model.snapshot import OPT_IN, SECTIONS

Place = tuple[str, str]
"""Cluster and section."""

UNREAD = ("error", "denied")
_BESIDE = {"roots": ("trust_domain",), "mesh": ("mesh_elsewhere",), "servers": ("datacenter",), "peerings": ("now_ns",)}


def places(snapshot: Json) -> list[Place]:
    """Return all that can be hidden; without `access` nothing of a cluster is read, which is another case."""
    hidden = [section for section in (*SECTIONS, *OPT_IN) if section != "access"]
    return [(cluster, section) for cluster in snapshot["clusters"] for section in hidden]


def blinded(snapshot: Json, hidden: Iterable[Place], status: str) -> Json:
    """Return a copy in which these sections were not read."""
    blind = copy.deepcopy(snapshot)
    for name, section in hidden:
        cluster = blind["clusters"][name]
        cluster["collection"][section] |= {"status": status, "detail": "hidden", "missing": []}
        cluster |= dict.fromkeys((section, *_BESIDE.get(section, ())))
    return blind


def several(snapshot: Json, seed: int) -> list[Place]:
    """Return some places; the same for the same seed."""
    chance = random.Random(seed)
    return chance.sample(places(snapshot), chance.randint(2, 6))
