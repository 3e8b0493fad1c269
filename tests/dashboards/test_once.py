"""A scan that is stored twice, by two jobs or two scanners of the same clusters, counts once."""

from pathlib import Path

import pytest

from tests.dashboards.promql import ONE, OTHER, PAIR_ONLY, assert_gives, query
from tests.dashboards.shipped import panels, rules

OPEN = {
    'consul_compliance_open_findings{SCRAPE, consul_cluster="dc1", rule="a", severity="high"}': "1x2",
    'consul_compliance_open_findings{SCRAPE, consul_cluster="dc1", rule="b", severity="high"}': "2x2",
}
RESULTS = {
    'consul_compliance_results{SCRAPE, consul_cluster="dc1", rule="a", status="fail"}': "1x2",
    'consul_compliance_results{SCRAPE, consul_cluster="dc2", rule="a", status="fail"}': "2x2",
}
COUNTED: dict[str, tuple[dict[str, str], dict[str, float]]] = {
    "Path of each pair": (
        {f'consul_compliance_path_state{{SCRAPE, {PAIR_ONLY}, state="bypassed"}}': "1x2"},
        {f"{{{PAIR_ONLY}}}": 2},
    ),
    "Open findings": (OPEN, {'{severity="high"}': 3}),
    "What is open": (
        OPEN,
        {
            '{consul_cluster="dc1", rule="a", severity="high"}': 1,
            '{consul_cluster="dc1", rule="b", severity="high"}': 2,
        },
    ),
    "Open findings over time": (OPEN, {'{consul_cluster="dc1", severity="high"}': 3}),
    "Results over time": (RESULTS, {'{status="fail"}': 3}),
    "Attempts to deliver": (
        {'consul_scan_webhook_attempts_total{SCRAPE, endpoint="ops", outcome="retry"}': "0+60x2"},
        {'{instance="i", endpoint="ops", outcome="retry"}': 0.4},
    ),
    "Scans": (
        {'consul_scan_attempts_total{SCRAPE, outcome="success"}': "0+60x2"},
        {'{instance="i", outcome="success"}': 0.4},
    ),
    "CPU": ({"process_cpu_seconds_total{SCRAPE}": "0+60x2"}, {'{instance="i"}': 0.4}),
    "Memory": ({"process_resident_memory_bytes{SCRAPE}": "7x2"}, {'{instance="i"}': 7}),
}
"""Series by panel, and what it shows of them."""

TWICE = pytest.mark.parametrize(
    "scrapes", [('job="j", instance="i"',), ('job="j", instance="i"', 'job="k", instance="i"')]
)


def scraped(series: dict[str, str], scrapes: tuple[str, ...]) -> dict[str, str]:
    """The series as so many scrapes of one scanner store them."""
    return {name.replace("SCRAPE", scrape): values for name, values in series.items() for scrape in scrapes}


@pytest.mark.parametrize("scrapes", [(ONE,), (ONE, OTHER)], ids=["once", "twice"])
@pytest.mark.parametrize("title", COUNTED)
def test_a_scanner_that_is_scraped_twice_is_shown_once(tmp_path: Path, title: str, scrapes: tuple[str, ...]) -> None:
    series, shown = COUNTED[title]
    assert_gives(tmp_path, query(title), scraped(series, scrapes), shown)


def test_every_panel_that_adds_up_is_seen_to_count_a_scanner_once() -> None:
    adding = {panel["title"] for panel in panels() if "sum" in panel["targets"][0]["expr"]}
    assert adding - {"Verdict"} <= COUNTED.keys(), "add its series; the verdict only asks whether there is anything"


@pytest.mark.parametrize(
    ("record", "series", "value"),
    [
        ("consul_cluster_severity:consul_compliance_open_findings:sum", OPEN, 3),
        (
            "consul_cluster_status:consul_compliance_results:sum",
            {name.replace("dc2", "dc1").replace('"a"', f'"{values}"'): values for name, values in RESULTS.items()},
            3,
        ),
    ],
)
def test_two_scanners_of_one_job_are_recorded_once(
    tmp_path: Path, record: str, series: dict[str, str], value: float
) -> None:
    (expression,) = (rule["expr"] for rule in rules() if rule.get("record") == record)
    kept = 'severity="high"' if series is OPEN else 'status="fail"'
    both = scraped(series, ('job="j", instance="a"', 'job="j", instance="b"'))
    assert_gives(tmp_path, expression, both, {f'{{job="j", consul_cluster="dc1", {kept}}}': value})
