"""Gateways that a real Consul accepts and that are wrong: found, and well again when mended."""

from collections.abc import Iterator

import pytest

from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.model.document import Json
from tests.playground import Playground, wait_until
from tests.scanning import results, snapshot, target

REGISTER = "/v1/agent/service/register"
TYPO = {"envoy_gateway_bind_taged_addresses": True}


@pytest.fixture
def registration(healthy_pair: Playground) -> Iterator[Json]:
    """The registration of the accepting gateway, which is written back."""
    cluster = healthy_pair.clusters["dc1"]
    service = cluster.api("GET", "/v1/agent/services")[cluster.gateways[0].plan.instance]
    keys = ("ID", "Kind", "Port", "Address", "TaggedAddresses", "Proxy")
    whole = {"Name": service["Service"]} | {key: service[key] for key in keys}
    yield whole
    cluster.api("PUT", REGISTER, whole)


@pytest.mark.parametrize(("options", "expected"), [(TYPO, {"MGP-206"}), ({"connect_timeout_ms": "5 s"}, {"MGP-205"})])
def test_options(  # noqa: PLR0913, PLR0917 - fixtures
    healthy_pair: Playground,
    embedded: Engine,
    policy_set: PolicySet,
    registration: Json,
    options: Json,
    expected: set[str],
) -> None:
    cluster = healthy_pair.clusters["dc1"]
    config = registration["Proxy"]["Config"] | options
    for body, wanted in ((registration | {"Proxy": {"Config": config}}, expected), (registration, set())):
        cluster.api("PUT", REGISTER, body)
        wait_until(
            f"{wanted} fails",
            lambda: failing(healthy_pair, embedded, policy_set),
            lambda found, wanted=wanted: found == wanted,  # type: ignore[misc]
        )


def test_a_gateway_without_a_kind(healthy_pair: Playground, embedded: Engine, policy_set: PolicySet) -> None:
    cluster = healthy_pair.clusters["dc1"]
    cluster.api("PUT", REGISTER, {"ID": "imposter", "Name": "meshgateway", "Port": 9})
    try:
        wait_until(
            "it is found", lambda: failing(healthy_pair, embedded, policy_set), lambda found: found == {"MGP-202"}
        )
    finally:
        cluster.api("PUT", "/v1/agent/service/deregister/imposter")


def failing(playground: Playground, engine: Engine, policies: PolicySet) -> set[str]:
    """Return the rules that fail in dc1, which accepts; alone, so that its peer is not in the scan."""
    found = results(engine, policies, snapshot([target(playground, "dc1")]))
    return {result["rule"] for result in found["results"] if result["status"] == "fail"} - {"MGP-702"}
