"""The dashboard: what is wrong, which way streams take, how it was over time, and whether the scanner sees at all."""

from typing import Any

from dashboards.findings_panels import FINDINGS, TIME
from dashboards.health_panels import HEALTH, PROCESS, WEBHOOKS
from dashboards.panels import DATASOURCE, placed

Dashboard = dict[str, Any]


def dashboard() -> Dashboard:
    """Return the whole dashboard as Grafana's JSON has it."""
    return {
        "uid": "consul-scan",
        "title": "Consul: control plane through mesh gateways",
        "description": "What consul-scan found in peered Consul clusters.",
        "tags": ["consul", "consul-scan"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "",
        "templating": {"list": _variables()},
        "annotations": {"list": []},
        "panels": placed(
            [
                ("Findings", 8, FINDINGS),
                ("Over time", 8, TIME),
                ("Does the scanner see", 8, HEALTH),
                ("Webhooks", 7, WEBHOOKS),
                ("The scanner itself", 7, PROCESS),
            ]
        ),
    }


def _variables() -> list[Dashboard]:
    source = {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "hide": 0}
    up = "consul_scan_build_info"
    of_scan = f'{up}{{job=~"$job"}}'
    of_clusters = 'consul_scan_cluster_up{job=~"$job", instance=~"$instance"}'
    return [
        source,
        _variable("job", "job", f"label_values({up}, job)"),
        _variable("instance", "instance", f"label_values({of_scan}, instance)"),
        _variable("cluster", "Cluster", f"label_values({of_clusters}, consul_cluster)"),
    ]


def _variable(name: str, label: str, query: str) -> Dashboard:
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": DATASOURCE,
        "query": {"query": query, "refId": f"{name}s"},
        "definition": query,
        "includeAll": True,
        "allValue": ".+",
        "multi": True,
        "current": {"text": "All", "value": "$__all"},
        "refresh": 2,
        "sort": 1,
        "hide": 0,
    }
