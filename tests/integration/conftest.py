"""What integration tests share: their marker, the tools they need, and one healthy pair of clusters for all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.playground import CONSUL, OLD_CONSUL, Playground, pair_spec
from tests.playground.gateway import ENVOY
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
