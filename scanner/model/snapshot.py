"""Words of the snapshot: its sections, and how each was read."""

from typing import Literal

SCHEMA_VERSION = 1

SECTIONS = (
    "access",
    "roots",
    "servers",
    "agents",
    "gateways",
    "mesh",
    "proxy_defaults",
    "peerings",
    "services",
    "self",
    "acl",
)
"""What is read of each cluster. `access` is first: what the token may see decides what is asked at all."""

OPT_IN = ("envoy", "probe")
"""What is asked beside Consul, where the operator says so; else `off`."""

Edition = Literal["ce", "enterprise"]
"""Which Consul it is."""

OF_ENTERPRISE = ("partitions",)
"""What only Enterprise has; else empty. Hides nothing of the default partition, where servers are."""

NULLABLE = frozenset({"mesh", "proxy_defaults"})
"""Sections whose null says something when they are ok: there is no such config entry."""

SectionStatus = Literal["ok", "denied", "filtered", "disabled", "unsupported", "off", "error"]
"""How a section was read; all but `ok` mean that absence in it proves nothing."""
