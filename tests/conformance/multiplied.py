"""Many pairs of clusters out of one recorded pair: each copy has names, ids, trust domains and addresses of its own."""

import json
import random
import re
import uuid
from collections.abc import Iterator

from scanner.model.document import Json

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ADDRESS = re.compile(r"127\.0\.0\.1:([0-9]+)")


def multiplied(snapshot: Json, pairs: int, seed: int) -> Json:
    """Return a snapshot of `pairs` times as many clusters, no two copies of which have anything in common.

    Every UUID (peerings, trust domains, tokens, policies) is another in each copy, the same one within it; so is every
    address. Cluster names get the number of their copy.
    """
    chance = random.Random(seed)
    copies = [_copy(snapshot["clusters"], number, chance) for number in range(pairs)]
    return snapshot | {"clusters": {name: cluster for copy in copies for name, cluster in copy.items()}}


def _copy(clusters: Json, number: int, chance: random.Random) -> Json:
    text = json.dumps(clusters)
    new = {old: str(uuid.UUID(int=chance.getrandbits(128))) for old in sorted(set(_UUID.findall(text)))}
    text = _UUID.sub(lambda found: new[found[0]], text)
    text = _ADDRESS.sub(rf"10.{number // 256}.{number % 256}.1:\1", text)
    return {f"{name}-{number}": _renamed(cluster, number) for name, cluster in json.loads(text).items()}


def _renamed(cluster: Json, number: int) -> Json:
    return cluster | {"declared_peers": [f"{name}-{number}" for name in cluster["declared_peers"]]}


def places(document: object, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Give the way to every value of a document, the document itself left out."""
    children: Iterator[tuple[str | int, object]] = iter(())
    if isinstance(document, dict):
        children = iter(document.items())
    elif isinstance(document, list):
        children = enumerate(document)
    for key, value in children:
        yield (*way, key)
        yield from places(value, (*way, key))
