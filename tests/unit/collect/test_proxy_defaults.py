"""The proxies' defaults, there, missing, and unreadable."""

import pytest

from scanner.collect.fault import CallError
from scanner.collect.proxy_defaults import PATH, read_proxy_defaults
from tests.faults.consul import recorded
from tests.unit.collect.answers import client, told


@pytest.mark.parametrize("version", ["1.14.8", "1.22.7"])
def test_the_entry_is_kept_whole(version: str) -> None:
    entry = recorded(version)[PATH]
    assert read_proxy_defaults(client({PATH: entry}))[0] == entry


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
