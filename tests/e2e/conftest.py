"""What end-to-end tests share: a playground, where there are the programs that it runs."""

import pytest

from tests.playground import CONSUL, Playground
from tests.playground.gateway import ENVOY
from tests.tools.gate import need_tools


@pytest.fixture(scope="session")
def playgrounds() -> type[Playground]:
    """Where a test gets a playground of its own from: the class, once the tools are there that it runs."""
    need_tools(f"consul-{CONSUL}", ENVOY)
    return Playground
