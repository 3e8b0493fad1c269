"""The statements of HashiCorp's document that rules encode, in our own words.

The document is one page in two revisions: R1, for Consul 1.14 ("Mesh Gateways for Peering Control Plane Traffic"), and
R2, of later versions ("Enabling Peering Control Plane Traffic"). R2 adds to R1 and contradicts it nowhere, so all of
the statements are always in force.
"""

from dataclasses import dataclass
from typing import Literal

Revision = Literal["R1", "R2"]


@dataclass(frozen=True)
class Statement:
    """One normative statement: its id, the revisions that make it, and what it says."""

    id: str
    revisions: tuple[Revision, ...]
    text: str


_BOTH: tuple[Revision, ...] = ("R1", "R2")

_ALL = (
    Statement(
        "D00", _BOTH, "Gateways may carry the control-plane traffic of peerings; whether they must, the operators say."
    ),
    Statement("D01", _BOTH, "Both clusters run Consul 1.14.0 or newer."),
    Statement("D02", _BOTH, "In both clusters a local Consul agent manages the mesh gateway's configuration."),
    Statement("D03", _BOTH, "The proxy is Envoy: no other one can be a mesh gateway."),
    Statement("D04", _BOTH, "Each cluster that is to be peered has a registered mesh gateway."),
    Statement("D05", _BOTH, "The gateway's registration says so in its `kind` field: `mesh-gateway`."),
    Statement(
        "D06",
        _BOTH,
        "What stands in the gateway's `Proxy.Config` is for Envoy: gateway options and escape-hatch overrides.",
    ),
    Statement("D07", _BOTH, "A mesh config entry that sets `PeerThroughMeshGateways` to true is in place."),
    Statement("D08", _BOTH, "Enterprise: the gateway is registered in the `default` partition, where servers live."),
    Statement(
        "D09",
        ("R1",),
        "With ACLs on, the gateway's service definition carries a token with `service:write` on its own name.",
    ),
    Statement(
        "D10",
        ("R1",),
        "That token has `service:read` on all services: of the default partition (Enterprise), of the datacenter (CE).",
    ),
    Statement(
        "D11",
        ("R2",),
        "The token has what peered services need anyway: `service:write` on its own name, `service:read` on all, "
        "`mesh:write`.",
    ),
    Statement("D12", ("R2",), "CE: the token has `peering:read`, for all peerings."),
    Statement("D13", ("R2",), 'Enterprise: the token has `peering:read` in all partitions, by `partition_prefix ""`.'),
    Statement(
        "D14", _BOTH, "Gateway modes say nothing about control-plane traffic: the mesh config entry alone decides."
    ),
    Statement(
        "D15",
        _BOTH,
        "The accepting side sets the entry before it makes the peering token, so that what comes in takes its gateway.",
    ),
    Statement(
        "D16", _BOTH, "Gateways of the accepting side become known to the dialing side over the peering stream itself."
    ),
    Statement(
        "D17",
        _BOTH,
        "The dialing side sets the entry before it connects, so that what goes out takes its gateway.",
    ),
    Statement("D18", _BOTH, "For all control-plane traffic to take gateways, both clusters have the entry."),
    Statement(
        "D19",
        _BOTH,
        "Handshake and replication stream are TLS from end to end, with the accepting cluster's own certificate, on "
        "the gRPC TLS port; no gateway decrypts them.",
    ),
    Statement(
        "D20",
        _BOTH,
        "The entry as written: HCL and YAML, `Peering` and in it `PeerThroughMeshGateways` (R1's YAML misspells "
        "`Peeering`).",
    ),
    Statement(
        "D21",
        ("R2",),
        'The ACL rules as written, in HCL and JSON: `peering = "read"`, and that inside `partition_prefix ""`.',
    ),
)

STATEMENTS = {statement.id: statement for statement in _ALL}
"""Every statement by its id, in the order of the document."""
