"""Panels on what was found: now, by pair, and over time."""

from dashboards.panels import (
    GREEN,
    OF_CLUSTER,
    RED,
    SCRAPED,
    STALE_SECONDS,
    YELLOW,
    Panel,
    mapping,
    now,
    over_time,
    panel,
    rows_now,
    thresholds,
)

# Of a scan that is stored twice, as by two jobs or two scanners of the same clusters, the worse one counts, and once.
_OPEN = f"max by (consul_cluster, rule, severity) (consul_compliance_open_findings{{{OF_CLUSTER}}})"
_RESULTS = f'consul_compliance_results{{{OF_CLUSTER}, status=~"fail|unknown|error"}}'
_COVERAGE = f"consul_compliance_coverage_ratio{{{OF_CLUSTER}}}"
_PATH = f"consul_compliance_path_state{{{OF_CLUSTER}"
_BAD = f'consul_compliance_open_findings{{{OF_CLUSTER}, severity=~"critical|high|medium"}}'

_SUCCESS = f"consul_scan_last_success_timestamp_seconds{{{SCRAPED}}}"

_INCOMPLETE = f"clamp_max((min({_COVERAGE}) < bool 1) + (time() - min({_SUCCESS}) > bool {STALE_SECONDS}), 1)"
_VERDICT = f"clamp_max(2 * (sum({_BAD}) > bool 0) + {_INCOMPLETE}, 2)"
_PATHS = f'max by (consul_cluster, peer, pair) (2 * {_PATH}, state="bypassed"}} or {_PATH}, state="unknown"}})'

FINDINGS: list[Panel] = [
    panel(
        "stat",
        "Verdict",
        "FAIL: a finding of severity medium or above. INCOMPLETE: none, and something was not judged, or not lately.",
        [now(_VERDICT)],
        unit="none",
        mappings=mapping(("PASS", GREEN), ("INCOMPLETE", YELLOW), ("FAIL", RED)),
    ),
    panel(
        "stat",
        "Open findings",
        "Findings to mend by severity: neither waived nor the consequence of another one.",
        [now(f"sum by (severity) ({_OPEN})", "{{severity}}")],
        unit="short",
        thresholds=thresholds(GREEN, (1, RED)),
    ),
    panel(
        "table",
        "What is open",
        "Each rule that fails, and where. `consul-scan audit` names the objects and the mend.",
        [rows_now(f"{_OPEN} > 0")],
        unit="short",
    ),
    panel(
        "state-timeline",
        "Path of each pair",
        "Which way the stream of each peering takes: proven to go through the gateways, past them, or not known.",
        [over_time(_PATHS, "{{consul_cluster}} to {{peer}} ({{pair}})")],
        unit="none",
        mappings=mapping(("proven", GREEN), ("unknown", YELLOW), ("bypassed", RED)),
    ),
]

TIME: list[Panel] = [
    panel(
        "timeseries",
        "Open findings over time",
        "Findings to mend, by cluster and severity.",
        [over_time(f"sum by (consul_cluster, severity) ({_OPEN}) > 0", "{{consul_cluster}} {{severity}}")],
        unit="short",
        min=0,
    ),
    panel(
        "timeseries",
        "Results over time",
        "Results of the last scan by status; pass and not applicable are left out.",
        [
            over_time(
                f"sum by (status) (max by (consul_cluster, rule, status) ({_RESULTS}))",
                "{{status}}",
            )
        ],
        unit="short",
        min=0,
    ),
    panel(
        "timeseries",
        "Coverage",
        "Part of what applies to each cluster that could be judged.",
        [over_time(f"min by (consul_cluster) ({_COVERAGE})", "{{consul_cluster}}")],
        unit="percentunit",
        min=0,
        max=1,
    ),
]
