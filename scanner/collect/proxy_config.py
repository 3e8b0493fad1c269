"""A gateway's merged `Proxy.Config`, as far as rules may see it: it can hold credentials of tracers and collectors."""

import json
from typing import Any

from scanner.model.document import Json

JUDGED_BY_VALUE = frozenset(
    {
        "connect_timeout_ms",
        "envoy_dns_discovery_type",
        "envoy_gateway_bind_addresses",
        "envoy_gateway_bind_tagged_addresses",
        "envoy_gateway_no_default_bind",
        "envoy_gateway_remote_tcp_enable_keepalive",
        "envoy_gateway_remote_tcp_keepalive_interval",
        "envoy_gateway_remote_tcp_keepalive_probes",
        "envoy_gateway_remote_tcp_keepalive_time",
        "envoy_mesh_gateway_bind_addresses",
        "envoy_mesh_gateway_bind_tagged_addresses",
        "envoy_mesh_gateway_no_default_bind",
    }
)
"""The options that Consul's agent itself decodes (`GatewayConfig` of its agent/xds/config/config.go)."""

_KINDS = {bool: "boolean", int: "number", float: "number", list: "list", dict: "object", type(None): "null"}


def projected(config: Json) -> Json:
    """Return the options with their values, and of every other key `{"hidden": KIND}` instead of its value.

    KIND is `json_object`, `json_objects` (several, with commas between), `empty` or `text` of a text, else its type.
    """
    return {key: value if key in JUDGED_BY_VALUE else {"hidden": _kind(value)} for key, value in config.items()}


def _kind(value: Any) -> str:
    return _text_kind(value) if isinstance(value, str) else _KINDS[type(value)]


def _text_kind(text: str) -> str:
    if not text:
        return "empty"
    try:
        values = json.loads(f"[{text}]")
    except (ValueError, RecursionError):
        return "text"
    if not all(isinstance(value, dict) for value in values):
        return "text"
    return "json_object" if len(values) == 1 else "json_objects"
