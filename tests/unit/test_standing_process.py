"""`consul-scan serve` goes on to count a finding that it cannot see: while it is blind, reloaded, started anew."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.service import Service
from tests.faults.behaviours import text
from tests.faults.replay import replay
from tests.faults.server import Behaviour, FaultServer
from tests.playground.waiting import wait_until
from tests.unit.test_daemon_process import free_port

LOST = {"rule": "MGP-301", "consul_cluster": "dc1"}
"""The cluster has no mesh entry, which matters as it is peered; it need not settle."""
OPEN = "consul_compliance_open_findings"


@pytest.fixture
def faults() -> dict[str, Behaviour]:
    """What the cluster answers otherwise than recorded."""
    return {"/0/v1/config/mesh/mesh": text("Config entry not found", 404)}


@pytest.fixture
def start(tmp_path: Path, faults: dict[str, Behaviour]) -> Iterator[Callable[[], Service]]:
    """Start a daemon that follows one cluster, with a store that those after it have too."""
    with replay(1, faults) as consul:
        yield from started_on(consul, tmp_path)


def started_on(consul: FaultServer, tmp_path: Path) -> Iterator[Callable[[], Service]]:
    config = tmp_path / "consul-scan.yaml"
    clusters = {"dc1": {"address": f"{consul.address}/0"}}
    config.write_text(json.dumps({"clusters": clusters, "store": {"path": "findings.db"}}))
    services: list[Service] = []

    def started() -> Service:
        services.append(Service(config, f"127.0.0.1:{free_port()}", "--interval", "1"))
        return services[-1]

    try:
        yield started
    finally:
        for service in services:
            service.kill()


def sees(service: Service, status: str) -> None:
    """Wait until a scan judged the rule so."""
    results = "consul_compliance_results"
    wait_until(f"it is {status}", lambda: service.value(results, **LOST, status=status), lambda seen: seen > 0)


def test_a_finding_counts_until_it_is_seen_to_be_over(
    start: Callable[[], Service], faults: dict[str, Behaviour]
) -> None:
    service = start()
    sees(service, "fail")
    assert service.value(OPEN, **LOST) == 1

    faults["/0/v1/peerings"] = text("no leader", 500)
    sees(service, "unknown")
    assert service.value(OPEN, **LOST) == 1

    reloaded = "consul_scan_config_last_reload_success_timestamp_seconds"
    before, scans = service.value(reloaded), service.scans()
    os.kill(service.pid, signal.SIGHUP)
    wait_until("it is reloaded", lambda: service.value(reloaded), lambda seen: seen > before)
    wait_until("it scans on", service.scans, lambda seen: seen > scans + 1)
    assert service.value(OPEN, **LOST) == 1

    service.stop(10)
    service = start()
    sees(service, "unknown")
    assert service.value(OPEN, **LOST) == 1
