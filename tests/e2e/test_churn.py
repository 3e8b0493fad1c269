"""What goes on in healthy clusters is no finding: an hour of it by `make churn`, a minute in CI (CHURN_SECONDS)."""

import os
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import pytest

from tests.e2e.service import Service, serving
from tests.playground import CONSUL, ClusterSpec, Playground, pair_spec, wait_until
from tests.playground.churn import change_leader, restart_gateways, rotate_roots
from tests.playground.cluster import Cluster

SECONDS = float(os.environ.get("CHURN_SECONDS", "60"))
Churn = Callable[[Cluster], None]
KINDS: list[Churn] = [restart_gateways, change_leader, rotate_roots]


def churns(playground: Playground) -> Iterator[tuple[str, Churn]]:
    """Yield what happens to which cluster, for ever.

    Another server leads before the CA is rotated again: a leader dials with the roots that its peer had when it began,
    and is refused once those were rotated twice, for as long as it leads. That is no healthy pair (test_rotated_twice).
    """
    return cycle((name, churn) for churn in KINDS for name in playground.clusters)


def opened(service: Service) -> list[tuple[str, str, str]]:
    """Give what was ever a finding, with the state that it has."""
    found = [one for one in service.history() if one["state"] != "pending"]
    return [(one["rule"], one["state"], one["message"]) for one in found]


@pytest.mark.integration
def test_healthy_churn_opens_nothing(playgrounds: type[Playground], tmp_path: Path) -> None:
    spec = pair_spec(*(ClusterSpec(name, servers=(CONSUL,) * 3, on_disk=True, gateways=2) for name in ("dc1", "dc2")))
    with playgrounds(spec) as playground, serving(playground, tmp_path, interval_s=4) as service:
        ends = time.monotonic() + SECONDS
        for done, (name, churn) in enumerate(churns(playground), 1):
            churn(playground.clusters[name])
            at = service.scans()
            wait_until("it is scanned", service.scans, lambda seen, at=at: seen > at + 1)  # type: ignore[misc]
            playground.await_healthy()
            assert opened(service) == [], f"after {churn.__name__} of {name}"
            if time.monotonic() > ends and done >= len(KINDS):
                break
        assert service.value("consul_scan_attempts_total", outcome="failure") == 0
