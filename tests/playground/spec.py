"""What a playground is to consist of: values only, nothing runs here."""

from dataclasses import dataclass
from typing import Literal

CONSUL = "1.22.7"
OLD_CONSUL = "1.14.8"

Transport = Literal["http", "tls", "mtls"]


@dataclass(frozen=True)
class ClusterSpec:
    """One Consul cluster. `servers` and `clients` are the Consul versions of its agents, so their length is the number.

    `name` is the playground's own name for it and, unless `datacenter` says otherwise, that of its datacenter.
    `on_disk` gives its servers a data directory; else they keep everything in memory, which only a single one can.
    `transport` is how its HTTP API is reached. `gateways` register on the client agents where there are any, else on
    the first server. Raises ValueError where no such cluster can be.
    """

    name: str
    datacenter: str = ""
    servers: tuple[str, ...] = (CONSUL,)
    clients: tuple[str, ...] = ()
    on_disk: bool = False
    acl: bool = True
    transport: Transport = "http"
    mesh_entry: bool = True
    gateways: int = 1
    gateway_service: str = "mesh-gateway"

    def __post_init__(self) -> None:
        """Refuse what Consul could not run."""
        if len(self.servers) not in {1, 3}:
            raise ValueError(f"cluster {self.name}: 1 or 3 servers, not {len(self.servers)}")
        if len(self.servers) > 1 and not self.on_disk:
            raise ValueError(f"cluster {self.name}: {len(self.servers)} servers need on_disk=True")

    @property
    def datacenter_name(self) -> str:
        """Give the name that Consul knows the datacenter by."""
        return self.datacenter or self.name


@dataclass(frozen=True)
class PeeringSpec:
    """One peering: `acceptor` generates the token, `dialer` establishes with it; both are cluster names.

    Each side calls the peering by the other cluster's name unless an alias is given.
    """

    acceptor: str
    dialer: str
    alias_at_acceptor: str = ""
    alias_at_dialer: str = ""

    def __str__(self) -> str:
        """Give the peering as messages name it."""
        return f"{self.dialer}->{self.acceptor}"

    @property
    def name_at_acceptor(self) -> str:
        """Give the name of the peering in the accepting cluster."""
        return self.alias_at_acceptor or self.dialer

    @property
    def name_at_dialer(self) -> str:
        """Give the name of the peering in the dialing cluster."""
        return self.alias_at_dialer or self.acceptor


@dataclass(frozen=True)
class PlaygroundSpec:
    """Clusters, and the peerings that are established as soon as all clusters are up."""

    clusters: tuple[ClusterSpec, ...]
    peerings: tuple[PeeringSpec, ...] = ()


def pair_spec(acceptor: ClusterSpec | None = None, dialer: ClusterSpec | None = None) -> PlaygroundSpec:
    """Give two clusters with one peering between them; by default dc1 accepts and dc2 dials."""
    accepting, dialing = acceptor or ClusterSpec("dc1"), dialer or ClusterSpec("dc2")
    return PlaygroundSpec((accepting, dialing), (PeeringSpec(accepting.name, dialing.name),))
