"""From a broken entry in Consul to the one who is on call, and back: every program on the way is a real one."""

from pathlib import Path

import pytest

from tests.e2e.monitoring import monitored
from tests.e2e.service import serving
from tests.playground import Playground, broken, pair_spec, wait_until
from tests.tools.gate import need_tools

BROKEN = {"alertname": "ConsulComplianceCritical", "consul_cluster": "dc2", "rule": "MGP-301"}


@pytest.mark.integration
def test_an_entry_that_breaks_calls_somebody_and_its_mend_calls_off(
    playgrounds: type[Playground], tmp_path: Path
) -> None:
    need_tools("prometheus", "alertmanager")
    with playgrounds(pair_spec()) as playground, serving(playground, tmp_path, interval_s=10) as service:
        with monitored(service.url.removeprefix("http://"), tmp_path) as receiver:
            with broken(playground, "entry-missing-dialing"):
                firing = wait_until("the alert arrives", lambda: receiver.told("firing", **BROKEN))
            resolved = wait_until("the resolve arrives", lambda: receiver.told("resolved", **BROKEN))

        assert {alert["path"] for alert in (*firing, *resolved)} == {"/on-call"}
        assert "MGP-301 fails in dc2" in firing[0]["annotations"]["description"]
        assert firing[0]["annotations"]["runbook_url"].endswith("#consulcompliancecritical")
        # One cause calls once: what follows from the entry alerts nobody.
        assert {alert["labels"]["rule"] for alert in receiver.alerts if "rule" in alert["labels"]} == {"MGP-301"}
        states = {found["rule"]: found["state"] for found in service.history() if found["rule"] == "MGP-301"}
        assert states == {"MGP-301": "resolved"}
