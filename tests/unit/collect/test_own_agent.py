"""The Envoys that the agent which answers supports, and namesakes of gateways, as operators attest them too."""

from typing import Any

import pytest

from scanner.collect.attested import attested
from scanner.collect.client import ConsulClient
from scanner.collect.gateways import NAMES_PATH
from scanner.collect.lookalikes import MOST, read_lookalikes
from scanner.collect.own_agent import PATH, read_own_agent
from scanner.collect.target import GatewayTarget
from tests.unit.collect.answers import Memory, client


@pytest.mark.parametrize(
    ("answer", "supported"),
    [
        (
            {
                "Config": {"Version": "1.22.7+ent"},
                "xDS": {"SupportedProxies": {"envoy": ["1.35.9", "1.9.1", "1.35.1"]}},
            },
            {"1.22.7": ["1.35", "1.9"]},
        ),
        ({"Config": {"Version": "1.22.7"}}, {}),
        ({"xDS": {"SupportedProxies": {"envoy": ["1.35.9"]}}, "DebugConfig": {"token": "hunter2"}}, {}),
    ],
)
def test_supported_envoys(answer: Any, supported: Any) -> None:
    assert read_own_agent(client({PATH: answer}))[0] == {"supported_envoy": supported}


def test_namesakes_are_asked_for_once_a_kind_and_kept_up_to_a_limit() -> None:
    memory = Memory({NAMES_PATH: {f"mesh-gateway-{number:03}": [] for number in range(MOST + 1)}})
    found, _ = read_lookalikes(ConsulClient(memory))
    assert (len(found["lookalikes"]), found["cut"]) == (MOST, True)
    assert found["lookalikes"]["mesh-gateway-000"] == ["mesh-gateway", "", "connect-proxy"]
    assert [dict(request.query)["filter"] for request in memory.requests] == [
        f'ServiceKind == "{kind}" and ServiceName matches "(?i)mesh[-_.]?(gateway|gw)"'
        for kind in ("mesh-gateway", "", "connect-proxy")
    ]


def test_an_attestation_finds_its_gateway_in_either_edition() -> None:
    gateways = {
        "//mgw": {"service": "mgw", "partition": "", "namespace": ""},
        "default/default/mgw": {"service": "mgw", "partition": "default", "namespace": "default"},
        "p/default/mgw": {"service": "mgw", "partition": "p", "namespace": "default"},
    }
    known = attested([GatewayTarget("mgw", proxy="envoy", envoy_version="1.35.9")], gateways)
    told = {"proxy": "envoy", "envoy_version": "1.35.9"}
    assert known == {"//mgw": told, "default/default/mgw": told}
    assert attested([GatewayTarget("mgw")], None) == {}
