"""The Prometheus alerts in the form that Grafana is provisioned with: the same queries, times, labels and texts."""

from typing import Any

Document = dict[str, Any]

DATASOURCE_UID = "prometheus"
LOOKBACK_SECONDS = 600


def grafana_alerts(prometheus: Document) -> Document:
    """Return the alert rules of Grafana's file provisioning for the groups of a Prometheus rule file."""
    return {"apiVersion": 1, "groups": [_group(group) for group in prometheus["groups"]]}


def _group(group: Document) -> Document:
    return {
        "orgId": 1,
        "name": group["name"],
        "folder": "Consul",
        "interval": "1m",
        "rules": [_rule(rule) for rule in group["rules"]],
    }


def _rule(rule: Document) -> Document:
    query = {"refId": "A", "expr": rule["expr"], "instant": True, "range": False}
    # The query gives series where it fires alone, some of them with the value 0: any value is one too many.
    evaluator = {"type": "gt", "params": [-1]}
    threshold = {"refId": "B", "type": "threshold", "expression": "A", "conditions": [{"evaluator": evaluator}]}
    return {
        "uid": _uid(rule["alert"]),
        "title": rule["alert"],
        "condition": "B",
        "data": [_data("A", DATASOURCE_UID, query), _data("B", "__expr__", threshold)],
        "for": rule["for"],
        # Grafana 12 and newer keep it; older ones do not know it, and let it be.
        **({"keepFiringFor": rule["keep_firing_for"]} if "keep_firing_for" in rule else {}),
        "noDataState": "OK",
        "execErrState": "Error",
        "labels": rule["labels"],
        "annotations": rule["annotations"],
    }


def _data(reference: str, datasource: str, model: Document) -> Document:
    since = {"from": LOOKBACK_SECONDS, "to": 0}
    return {"refId": reference, "relativeTimeRange": since, "datasourceUid": datasource, "model": model}


def _uid(alert: str) -> str:
    """Return the name, which Grafana takes for a uid as it is: 40 characters at most."""
    return alert.lower()
