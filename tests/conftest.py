"""What all tests share: the policies, and both engines."""

from collections.abc import Iterator

import pytest

from scanner.evaluate.bundle import bundle
from scanner.evaluate.embedded import EmbeddedEngine
from scanner.evaluate.engine import Engine
from scanner.evaluate.opa import OpaServer
from scanner.evaluate.policies import PolicySet, load_policies, shipped_policies
from tests.opa_server import OPA, opa_server
from tests.tools.gate import need_tools


@pytest.fixture(scope="session")
def policy_set() -> PolicySet:
    """Our own policies."""
    return load_policies([shipped_policies()])


@pytest.fixture(scope="session")
def embedded() -> Iterator[Engine]:
    """The embedded engine."""
    with EmbeddedEngine() as engine:
        yield engine


@pytest.fixture(scope="session")
def opa_url(tmp_path_factory: pytest.TempPathFactory, policy_set: PolicySet) -> Iterator[str]:
    """Where a real OPA server serves our policies, as the bundle that it gets in production."""
    need_tools(OPA)
    folder = tmp_path_factory.mktemp("opa")
    (folder / "bundle.tar.gz").write_bytes(bundle(policy_set))
    with opa_server(folder / "bundle.tar.gz", folder) as url:
        yield url


@pytest.fixture(scope="session")
def opa(opa_url: str, policy_set: PolicySet) -> Iterator[Engine]:
    """The adapter to a real OPA server."""
    engine = OpaServer(opa_url, policy_set)
    yield engine
    engine.close()


@pytest.fixture(params=["embedded", pytest.param("opa", marks=pytest.mark.integration)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    chosen: Engine = request.getfixturevalue(request.param)
    return chosen
