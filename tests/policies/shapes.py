"""Reads `shapes/*.yaml`: healthy clusters of kinds that no playground here can run, as changes to a recorded pair.

A file says where its shape comes from (`source`), what makes it of the recorded pair (`change`, in the language of the
cases), what its operators would write into the config (`parameters`, by rule), which rules must have passed somewhere
(`passes`) and which are unknown by nature, each with its reason (`unknown`). All else has to be silent.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import yaml

from scanner.model.document import Json
from tests.policies.cases import base_snapshot, changed

SHAPES = Path(__file__).parent / "shapes"


@dataclass(frozen=True)
class Shape:
    """One healthy shape, with its snapshot made already."""

    name: str
    source: str
    snapshot: Json
    parameters: Json
    passes: frozenset[str]
    unknown: dict[str, str]


def all_shapes() -> list[Shape]:
    """Return every shape."""
    return [_shape(path) for path in sorted(SHAPES.glob("*.yaml"))]


def plain_pair() -> Json:
    """Return the recorded pair as two companies would have it: names for random ids, an address of its own for each.

    The acceptor dc1 calls the peering `accepted`, the dialer dc2 `dialed`; trust domains are one.consul and two.consul.
    Gateways are 203.0.113.N:8443 to the world and 10.N.0.1:8443 at home, servers 10.N.0.9:8503, Envoys 1.35.9.
    """
    recorded = base_snapshot("healthy-pair")
    text = json.dumps(recorded)
    for found, plain in _plain_names(recorded).items():
        text = text.replace(f'"{found}"', f'"{plain}"').replace(f".peering.{found}", f".peering.{plain}")
    pair: Json = json.loads(text)
    return pair


def _plain_names(recorded: Json) -> dict[str, str]:
    names: dict[str, str] = {}
    plain = {"dc1": ("1", "accepted", "one.consul"), "dc2": ("2", "dialed", "two.consul")}
    for name, (number, peering, trust_domain) in plain.items():
        cluster = recorded["clusters"][name]
        (gateway,) = cluster["gateways"].values()
        (instance,) = gateway["instances"].values()
        (server,) = cluster["servers"].values()
        (attested,) = cluster["attested"].values()
        names[next(iter(cluster["peerings"]))] = peering
        names[cluster["trust_domain"]] = trust_domain
        names[instance["lan"]] = f"10.{number}.0.1:8443"
        names[instance["wan"]] = f"203.0.113.{number}:8443"
        names[server["grpc_address"]] = f"10.{number}.0.9:8503"
        names[attested["envoy_version"]] = "1.35.9"
    return names


def _shape(path: Path) -> Shape:
    document = yaml.safe_load(path.read_text())
    return Shape(
        name=path.stem,
        source=document["source"],
        snapshot=changed(plain_pair(), document["change"]),
        parameters=document.get("parameters", {}),
        passes=frozenset(document["passes"]),
        unknown=document.get("unknown", {}),
    )
