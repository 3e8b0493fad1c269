"""What integration tests share: their marker, the tools they need, and one healthy pair of clusters for all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from tests.grants import Scene, gateway_cluster, tidied
from tests.playground import CONSUL, OLD_CONSUL, Playground, pair_spec
from tests.playground.cluster import Cluster
from tests.playground.endpoint import Json
from tests.playground.gateway import ENVOY
from tests.playground.ports import LOOPBACK, PortBlock
from tests.tools.gate import need_tools

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder; the hook is given those of other folders too."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("integration")


@pytest.fixture(scope="session")
def playgrounds() -> type[Playground]:
    """Where a test gets a playground of its own from: the class, once the tools are there that it runs."""
    need_tools(f"consul-{CONSUL}", f"consul-{OLD_CONSUL}", ENVOY)
    return Playground


@pytest.fixture(scope="session")
def pair(playgrounds: type[Playground]) -> Iterator[Playground]:
    """dc1, which accepted, and dc2, which dialed, with ACLs. Tests take `healthy_pair`, which looks after it."""
    with playgrounds(pair_spec()) as playground:
        yield playground


@pytest.fixture
def healthy_pair(pair: Playground) -> Iterator[Playground]:
    """The pair that all tests share, in health before the test and, or the test fails, after it."""
    assert pair.faults() == [], "an earlier test left the pair like this"
    yield pair
    assert pair.faults() == [], "this test left the pair like this"


@pytest.fixture(scope="session")
def acl_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A gateway's service and ACLs, with no token that could be the gateway's: `scene` makes them for one test."""
    need_tools(f"consul-{CONSUL}")
    with gateway_cluster("deny", tmp_path_factory.mktemp("deny")) as running:
        yield running


@pytest.fixture(scope="session")
def short_lived(acl_cluster: Cluster) -> Json:
    """A token of the shortest life that Consul gives, 60 s: made first and looked at last."""
    return acl_cluster.api("PUT", "/v1/acl/token", {"ExpirationTTL": "60s"})


@pytest.fixture
def scene(acl_cluster: Cluster, short_lived: Json, engine: Engine, policy_set: PolicySet) -> Iterator[Scene]:
    """Where a test makes ACLs and has them judged; they are gone afterwards."""
    assert short_lived
    with tidied(Scene(acl_cluster, engine, policy_set)) as tidy:
        yield tidy


@pytest.fixture
def address() -> Iterator[str]:
    """Host and port where nobody listens yet."""
    with PortBlock() as ports:
        yield f"{LOOPBACK}:{ports.take()}"
