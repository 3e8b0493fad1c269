"""What the panels that say PASS or FAIL, proven or bypassed, work out to."""

from pathlib import Path

import pytest

from dashboards.panels import STALE_SECONDS
from tests.dashboards.promql import AT, ONE, PAIR, PAIR_ONLY, assert_shows
from tests.dashboards.shipped import alerts


@pytest.mark.parametrize(
    ("findings", "coverage", "scanned_at", "verdict"),
    [
        ((0, 0), 1, 100, 0),
        ((0, 5), 1, 100, 0),
        ((0, 0), 0.9, 100, 1),
        ((1, 0), 1, 100, 2),
        ((3, 0), 0.5, 100, 2),
        ((0, 0), 1, -200, 1),
        ((0, 0), 0.9, -200, 1),
        ((1, 0), 0.9, -200, 2),
    ],
)
def test_the_verdict(
    tmp_path: Path, findings: tuple[int, int], coverage: float, scanned_at: float, verdict: int
) -> None:
    critical, low = findings
    series = {
        f'consul_compliance_open_findings{{{AT}, rule="a", severity="critical"}}': critical,
        f'consul_compliance_open_findings{{{AT}, rule="b", severity="low"}}': low,
        f"consul_compliance_coverage_ratio{{{AT}}}": coverage,
        f"consul_scan_last_success_timestamp_seconds{{{ONE}}}": scanned_at,
    }
    assert_shows(tmp_path, "Verdict", series, "{}", verdict)


@pytest.mark.parametrize(("state", "value"), [("proven", 0), ("unknown", 1), ("bypassed", 2)])
def test_the_path_of_a_pair(tmp_path: Path, state: str, value: int) -> None:
    states = ("proven", "unknown", "bypassed")
    series = {f'consul_compliance_path_state{{{PAIR}, state="{known}"}}': known == state for known in states}
    numbers = {name: float(shown) for name, shown in series.items()}
    assert_shows(tmp_path, "Path of each pair", numbers, '{consul_cluster="dc1", peer="dc2", pair="p"}', value)


@pytest.mark.parametrize(("states", "value"), [(("proven", "unknown"), 1), (("unknown", "bypassed"), 2)])
def test_of_two_scanners_the_one_that_sees_the_worse_path_counts(
    tmp_path: Path, states: tuple[str, str], value: int
) -> None:
    series = {
        f'consul_compliance_path_state{{job="{job}", instance="i", {PAIR_ONLY}, state="{known}"}}': float(
            known == state
        )
        for job, state in zip("ab", states, strict=True)
        for known in ("proven", "unknown", "bypassed")
    }
    assert_shows(tmp_path, "Path of each pair", series, f"{{{PAIR_ONLY}}}", value)


def test_results_are_old_for_the_verdict_when_the_alert_says_so() -> None:
    (stale,) = (alert["expr"] for alert in alerts() if alert["alert"] == "ConsulScanStale")
    assert f"(consul_scan_last_success_timestamp_seconds) > {STALE_SECONDS} or " in stale
