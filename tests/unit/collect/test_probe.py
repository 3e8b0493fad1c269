"""The probe's outcomes that need no real gateway."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scanner.collect.probe import probe
from tests.faults import behaviours
from tests.faults.server import FaultServer

NAME = "server.dc1.peering.x.consul"
ROOTS = ""


@contextmanager
def listening() -> Iterator[str]:
    """Give an address that connects and then says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def _no_roots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the system's own roots: what is tried here never gets as far as a certificate."""
    import ssl  # noqa: PLC0415

    monkeypatch.setattr("scanner.collect.probe._trusting", lambda _roots: ssl.create_default_context())


@pytest.mark.usefixtures("_no_roots")
class TestOutcome:
    def test_silence_is_a_timeout(self) -> None:
        with listening() as address:
            assert probe(address, NAME, ROOTS, timeout_s=0.2) == "timeout"

    def test_nobody_there_refuses(self) -> None:
        with listening() as address:
            pass
        assert probe(address, NAME, ROOTS) == "refused"

    def test_no_tls_is_a_reset(self) -> None:
        with FaultServer(behaviours.html()) as server:
            assert probe(server.address.removeprefix("http://"), NAME, ROOTS) == "reset"

    @pytest.mark.parametrize("address", ["no-such-host.invalid:1", "no address", "192.0.2.1:http"])
    def test_what_cannot_be_dialed_is_out_of_reach(self, address: str) -> None:
        assert probe(address, NAME, ROOTS) == "unreachable"


def test_nothing_is_trusted_without_roots() -> None:
    with listening() as address:
        assert probe(address, NAME, "no PEM") == "unreachable"
