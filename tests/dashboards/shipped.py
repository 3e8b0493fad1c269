"""The shipped files, and the expressions and metrics in them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "dashboards"
RULE_FILES = [FOLDER / "prometheus/alerts.yaml", FOLDER / "prometheus/recording.yaml"]
VARIABLES = {"$__rate_interval": "5m", "$job": ".+", "$instance": ".+", "$cluster": ".+"}

Document = dict[str, Any]


def dashboard() -> Document:
    """Return the dashboard."""
    loaded: Document = json.loads((FOLDER / "consul-scan.json").read_text())
    return loaded


def panels() -> list[Document]:
    """Return the panels of the dashboard that show something."""
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def variables() -> dict[str, Document]:
    """Return the variables of the dashboard by name."""
    return {variable["name"]: variable for variable in dashboard()["templating"]["list"]}


def queries() -> list[str]:
    """Return the queries of all panels, as they stand."""
    return [target["expr"] for panel in panels() for target in panel["targets"]]


def rules() -> list[Document]:
    """Return the alerting and recording rules for Prometheus."""
    groups = [group for path in RULE_FILES for group in yaml.safe_load(path.read_text())["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def alerts() -> list[Document]:
    """Return the alerting rules for Prometheus."""
    return [rule for rule in rules() if "alert" in rule]


def grafana_rules() -> list[Document]:
    """Return the alert rules for Grafana."""
    groups = yaml.safe_load((FOLDER / "grafana/alerts.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> Iterator[str]:
    """Yield each PromQL expression that is shipped, with something for the variables of Grafana."""
    yield from (rule["expr"] for rule in rules())
    yield from (rule["data"][0]["model"]["expr"] for rule in grafana_rules())
    for query in queries():
        for name, value in VARIABLES.items():
            query = query.replace(name, value)  # noqa: PLW2901
        yield query


def metrics_in(expression: str) -> list[tuple[str, str]]:
    """Return each metric of an expression, with what stands in its braces."""
    return re.findall(r"\b((?:consul_scan|consul_compliance|process)_[a-z_]+)\b(?:\{([^}]*)\})?", expression)


def labels_in(selector: str) -> set[str]:
    """Return the names of labels in a selector."""
    return set(re.findall(r"([a-z_]+) ?(?:=~|!~|!=|=)", selector))
