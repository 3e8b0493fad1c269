"""What end-to-end tests share: their marker, and the programs that they need."""

from pathlib import Path

import pytest

from tests.playground import CONSUL, Playground
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
    need_tools(f"consul-{CONSUL}", ENVOY)
    return Playground
