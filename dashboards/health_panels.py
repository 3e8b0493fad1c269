"""Panels on the scanner itself: whether it sees the clusters, how old what it shows is, what it costs."""

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

_DELIVERIES = f"consul_scan_webhook_attempts_total{{{SCRAPED}}}"

HEALTH: list[Panel] = [
    panel(
        "state-timeline",
        "Clusters that can be read",
        "Whether the last scan could read the cluster.",
        [over_time(f"min by (consul_cluster) (consul_scan_cluster_up{{{OF_CLUSTER}}})", "{{consul_cluster}}")],
        unit="none",
        mappings=mapping(("gone", RED), ("read", GREEN)),
    ),
    panel(
        "table",
        "Sections that cannot be read",
        "Parts of a cluster that are denied, filtered or fail: rules that need them are unknown.",
        [rows_now(f"min by (consul_cluster, section) (consul_scan_section_ok{{{OF_CLUSTER}}}) == 0")],
        unit="none",
        mappings=mapping(("not read whole", YELLOW)),
    ),
    panel(
        "stat",
        "Age of the results",
        "Time since the last scan that gave results.",
        [now(f"time() - max by (instance) (consul_scan_last_success_timestamp_seconds{{{SCRAPED}}})", "{{instance}}")],
        unit="s",
        thresholds=thresholds(GREEN, (120, YELLOW), (STALE_SECONDS, RED)),
    ),
    panel(
        "timeseries",
        "Failures of watches",
        "How often a watch has failed since it was last answered; changes are then seen late.",
        [
            over_time(
                f"max by (consul_cluster, watch) (consul_scan_watch_failures{{{OF_CLUSTER}}}) > 0",
                "{{consul_cluster}} {{watch}}",
            )
        ],
        unit="short",
        min=0,
    ),
]

WEBHOOKS: list[Panel] = [
    panel(
        "timeseries",
        "Events that wait",
        "Events that an endpoint has not got yet.",
        [over_time(f"max by (endpoint) (consul_scan_webhook_queue_events{{{SCRAPED}}})", "{{endpoint}}")],
        unit="short",
        min=0,
    ),
    panel(
        "timeseries",
        "Age of the oldest event",
        "How long the oldest event has waited for an endpoint.",
        [over_time(f"max by (endpoint) (consul_scan_webhook_oldest_age_seconds{{{SCRAPED}}})", "{{endpoint}}")],
        unit="s",
        min=0,
    ),
    panel(
        "timeseries",
        "Attempts to deliver",
        "Attempts in a second, by what became of them.",
        [
            over_time(
                f"max by (instance, endpoint, outcome) (rate({_DELIVERIES}[$__rate_interval]))",
                "{{instance}} {{endpoint}} {{outcome}}",
            )
        ],
        unit="ops",
        min=0,
    ),
    panel(
        "table",
        "Given up",
        "Endpoints with messages that were given up, and their number.",
        [rows_now(f"max by (endpoint) (consul_scan_webhook_dead_letters{{{SCRAPED}}}) > 0")],
        unit="short",
    ),
]

PROCESS: list[Panel] = [
    panel(
        "timeseries",
        "Scans",
        "Scans in a second, by whether they gave results.",
        [
            over_time(
                f"max by (instance, outcome) (rate(consul_scan_attempts_total{{{SCRAPED}}}[$__rate_interval]))",
                "{{instance}} {{outcome}}",
            )
        ],
        unit="ops",
        min=0,
    ),
    panel(
        "timeseries",
        "Duration of a scan",
        "How long the last scan that gave results took.",
        [over_time(f"max by (instance) (consul_scan_duration_seconds{{{SCRAPED}}})", "{{instance}}")],
        unit="s",
        min=0,
    ),
    panel(
        "timeseries",
        "CPU",
        "Cores that the process uses.",
        [
            over_time(
                f"max by (instance) (rate(process_cpu_seconds_total{{{SCRAPED}}}[$__rate_interval]))", "{{instance}}"
            )
        ],
        unit="short",
        min=0,
    ),
    panel(
        "timeseries",
        "Memory",
        "Memory of the process.",
        [over_time(f"max by (instance) (process_resident_memory_bytes{{{SCRAPED}}})", "{{instance}}")],
        unit="bytes",
        min=0,
    ),
    panel(
        "stat",
        "Config files",
        "Whether the config file and the web config file could be used when they were last read.",
        [
            now(f"min(consul_scan_config_last_reload_successful{{{SCRAPED}}})", "config"),
            now(f"min(consul_scan_web_config_last_reload_successful{{{SCRAPED}}})", "web config"),
        ],
        unit="none",
        mappings=mapping(("broken", RED), ("good", GREEN)),
    ),
]
