"""Real Consul clusters with real gateways on loopback, for tests and for trying things out; see docs/playground.md."""

from tests.playground.cluster import Cluster
from tests.playground.gateway import Gateway
from tests.playground.peering import Peering
from tests.playground.playground import Playground
from tests.playground.spec import CONSUL, OLD_CONSUL, ClusterSpec, PeeringSpec, PlaygroundSpec, pair_spec
from tests.playground.states import BROKEN_STATES, BrokenState, broken
from tests.playground.waiting import AwaitedTooLongError, wait_until

__all__ = [
    "BROKEN_STATES",
    "CONSUL",
    "OLD_CONSUL",
    "AwaitedTooLongError",
    "BrokenState",
    "Cluster",
    "ClusterSpec",
    "Gateway",
    "Peering",
    "PeeringSpec",
    "Playground",
    "PlaygroundSpec",
    "broken",
    "pair_spec",
    "wait_until",
]
