"""An `envoy_admin` behind which something else answers, on a healthy pair: said so, and not what is untrue."""

from dataclasses import replace

import pytest

from scanner.collect.address import parse_address
from scanner.collect.target import ClusterTarget
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.model.document import Json
from tests.playground import Playground
from tests.scanning import results, snapshot, target

RULE = "MGP-103"
INSTANCE = "dc1-server-1/mesh-gateway"


def judged(playground: Playground, engine: Engine, policies: PolicySet, admin: str) -> Json:
    """Return the result about the gateway of dc1, whose Envoy is said to have its admin interface at a URL."""
    found = results(engine, policies, snapshot([at(target(playground, "dc1"), admin)]))
    (result,) = [one for one in found["results"] if one["rule"] == RULE]
    return dict(result)


def at(told: ClusterTarget, admin: str) -> ClusterTarget:
    (gateway,) = told.gateways
    return replace(told, gateways=(replace(gateway, envoy_admin={INSTANCE: parse_address(admin)}, proxy=None),))


@pytest.mark.parametrize("other", ["consul", "opa"])
def test_another_product_is_no_envoy(
    healthy_pair: Playground, engine: Engine, policy_set: PolicySet, opa_url: str, other: str
) -> None:
    url = {"consul": healthy_pair.clusters["dc2"].address, "opa": opa_url}[other]
    found = judged(healthy_pair, engine, policy_set, url)

    assert found["status"] == "fail"
    assert f"what answers at its envoy_admin is no Envoy: {INSTANCE} (GET /stats: HTTP 404" in found["message"]
    assert "Correct envoy_admin" in found["remediation"]["text"]


def test_nothing_there_tells_nothing(healthy_pair: Playground, engine: Engine, policy_set: PolicySet) -> None:
    assert judged(healthy_pair, engine, policy_set, "http://127.0.0.1:1")["status"] == "unknown"


def test_the_right_address_is_an_envoy(healthy_pair: Playground, engine: Engine, policy_set: PolicySet) -> None:
    admin = healthy_pair.clusters["dc1"].gateways[0].admin_address

    assert judged(healthy_pair, engine, policy_set, admin)["status"] == "pass"
