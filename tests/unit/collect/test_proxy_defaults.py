"""The proxies' defaults, there, missing, and unreadable; no value that could be a secret is kept."""

import pytest

from scanner.collect.fault import CallError
from scanner.collect.proxy_defaults import PATH, read_proxy_defaults
from tests.faults.consul import recorded
from tests.unit.collect.answers import client, told


@pytest.mark.parametrize("version", ["1.14.8", "1.22.7"])
def test_only_what_rules_read_is_kept(version: str) -> None:
    entry = recorded(version)[PATH]

    found, _ = read_proxy_defaults(client({PATH: entry}))

    assert found is not None
    assert found.keys() == {"MeshGateway", "Config"}
    assert found["MeshGateway"] == entry["MeshGateway"]
    assert found["Config"].keys() == (entry["Config"] or {}).keys()


def test_a_credential_in_an_escape_hatch_is_hidden() -> None:
    config = {"envoy_tracing_json": '{"access_token": "hunter2"}', "connect_timeout_ms": 5000}

    found, _ = read_proxy_defaults(client({PATH: {"Kind": "proxy-defaults", "Config": config}}))

    assert found == {
        "MeshGateway": {},
        "Config": {"envoy_tracing_json": {"hidden": "json_object"}, "connect_timeout_ms": 5000},
    }


def test_no_config_at_all_is_an_empty_one() -> None:
    found, _ = read_proxy_defaults(client({PATH: {"Kind": "proxy-defaults", "Config": None}}))

    assert found == {"MeshGateway": {}, "Config": {}}


def test_no_entry_is_no_fault() -> None:
    found, mark = read_proxy_defaults(
        client({PATH: told(404, 'Config entry not found for "proxy-defaults" / "global"')})
    )
    assert found is None
    assert mark.at_ns


@pytest.mark.parametrize("gateways", ["local", {"Mode": 1}])
def test_a_mode_that_is_none_is_a_fault(gateways: object) -> None:
    with pytest.raises(CallError, match="MeshGateway"):
        read_proxy_defaults(client({PATH: {"Kind": "proxy-defaults", "MeshGateway": gateways}}))
