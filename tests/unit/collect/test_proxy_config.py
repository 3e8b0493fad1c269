"""What of Proxy.Config comes into a snapshot, and what of every other value: only its kind."""

import pytest

from scanner.collect.proxy_config import projected


def test_gateway_options_keep_their_values() -> None:
    options = {"connect_timeout_ms": "five seconds", "envoy_gateway_bind_addresses": {"a": {"port": 1}}}
    assert projected(options) == options


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("hunter2", "text"),
        ("", "empty"),
        ("7", "text"),
        ('{"token": "hunter2"}', "json_object"),
        ('{"a": 1}, {"b": 2}', "json_objects"),
        ('[{"a": 1}]', "text"),
        ('{"a": 1},', "text"),
        ("[" * 100_000, "text"),
        (True, "boolean"),
        (1.5, "number"),
        ([1], "list"),
        ({"a": 1}, "object"),
        (None, "null"),
    ],
)
def test_of_other_values_only_the_kind_is_kept(value: object, kind: str) -> None:
    assert projected({"envoy_tracing_json": value}) == {"envoy_tracing_json": {"hidden": kind}}
