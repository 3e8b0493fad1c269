"""One cluster to read: where it is, how to get in, and what its operator intends."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from scanner.collect.address import Address
from scanner.collect.credentials import BasicAuth, TokenSource

CLUSTER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
"""How the scan may name a cluster."""

Intent = Literal["required", "optional"]
"""Whether control-plane traffic has to go through gateways in this cluster (design section 4)."""


@dataclass(frozen=True)
class Tls:
    """How an `https://` address is trusted.

    `ca_file` and `ca_path` (a folder of PEM files; the file wins, as in Consul) replace the system's own roots;
    `cert_file` and `key_file` are the client's; `server_name` is expected in the certificate instead of the host.
    """

    ca_file: Path | None = None
    ca_path: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    server_name: str = ""
    verify: bool = True


@dataclass(frozen=True)
class Timeouts:
    """Limits of one request, in seconds: to connect, between two bytes, and from start to end."""

    connect_s: float = 3.0
    read_s: float = 10.0
    total_s: float = 10.0


Proxy = Literal["envoy", "dataplane", "other"]
"""What an operator may attest that a gateway runs: Envoy beside a Consul agent, consul-dataplane, something else."""


@dataclass(frozen=True)
class TokenHint:
    """How the operator tells which ACL token a gateway uses, which Consul does not say.

    `by` is what `value` names: the token's `accessor`, a `policy` or a `role` that it has (by name), or its
    `description`, in which `*` stands for any text. All but the first can mean several tokens.
    """

    by: Literal["accessor", "policy", "role", "description"]
    value: str


CollectAcl = Literal["auto", "always", "never"]
"""Whether ACLs are read; `auto`: if the scanner's token may, and no complaint where it may not."""


@dataclass(frozen=True)
class GatewayTarget:
    """What the operator tells of one gateway service, which Consul cannot.

    `token` says which ACL token it uses. `envoy_admin` is where the Envoy of each instance (`node/service id`) is
    asked: its admin interface, or a page of Prometheus counters where the path ends so. `proxy` and `envoy_version`
    (`x.y.z`) are attested by the operator; None where they are not.
    """

    service: str
    partition: str = ""
    namespace: str = ""
    envoy_admin: Mapping[str, Address] = field(default_factory=dict)
    proxy: Proxy | None = None
    envoy_version: str | None = None
    token: TokenHint | None = None


@dataclass(frozen=True)
class ClusterTarget:
    """One cluster of the scan.

    `name` is the scan's own name for it; `declared_peers` are such names too. `namespace` and `partition` go into each
    query that names no partition, where they are not empty (Enterprise). `probe` allows TLS handshakes with the
    gateways of its peers. No secret shows in its `repr`.
    """

    name: str
    address: Address
    token: TokenSource | None = None
    basic_auth: BasicAuth | None = None
    tls: Tls = field(default_factory=Tls)
    intent: Intent = "required"
    declared_peers: tuple[str, ...] = ()
    timeouts: Timeouts = field(default_factory=Timeouts)
    namespace: str = ""
    partition: str = ""
    gateways: tuple[GatewayTarget, ...] = ()
    probe: bool = False
    acl: CollectAcl = "auto"
