"""Panels of a Grafana dashboard, as plain as its JSON allows."""

from typing import Any

Panel = dict[str, Any]
DATASOURCE = {"type": "prometheus", "uid": "$datasource"}
SCRAPED = 'job=~"$job", instance=~"$instance"'
OF_CLUSTER = f'{SCRAPED}, consul_cluster=~"$cluster"'

STALE_SECONDS = 300
"""Age from which results are old: then the alert ConsulScanStale fires."""

GREEN, YELLOW, RED = "green", "yellow", "red"


def panel(kind: str, title: str, description: str, targets: list[Panel], **field: Any) -> Panel:
    """Return a panel; `field` are the defaults of its values: unit, thresholds, mappings and the like."""
    return {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": DATASOURCE,
        "targets": [target | {"refId": chr(ord("A") + at)} for at, target in enumerate(targets)],
        "fieldConfig": {"defaults": field, "overrides": []},
        "options": {},
    }


def over_time(expression: str, legend: str) -> Panel:
    """Return a query whose answer is a line for each series."""
    return {"datasource": DATASOURCE, "expr": expression, "legendFormat": legend}


def now(expression: str, legend: str = "") -> Panel:
    """Return a query of the present alone."""
    return over_time(expression, legend) | {"instant": True, "range": False}


def rows_now(expression: str) -> Panel:
    """Return a query whose answer is a row for each series."""
    return now(expression) | {"format": "table"}


def mapping(*shown: tuple[str, str]) -> list[Panel]:
    """Return what is shown for 0, 1, 2 and so on: a word and a colour each."""
    options = {
        str(value): {"text": word, "color": colour, "index": value} for value, (word, colour) in enumerate(shown)
    }
    return [{"type": "value", "options": options}]


def thresholds(first: str, *steps: tuple[float, str]) -> Panel:
    """Return colours: the first from the bottom on, then each from its value on."""
    above = [{"value": value, "color": colour} for value, colour in steps]
    return {"mode": "absolute", "steps": [{"value": None, "color": first}, *above]}


def placed(rows: list[tuple[str, int, list[Panel]]]) -> list[Panel]:
    """Return all panels with their place and id: in rows of a title and a height, side by side over the whole width."""
    placed_panels: list[Panel] = []
    top = 0
    for title, height, panels in rows:
        placed_panels.append(
            {"type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": _at(0, top, 24, 1)}
        )
        width = 24 // len(panels)
        placed_panels += [
            one | {"gridPos": _at(number * width, top + 1, width, height)} for number, one in enumerate(panels)
        ]
        top += height + 1
    return [one | {"id": number} for number, one in enumerate(placed_panels, 1)]


def _at(left: int, top: int, width: int, height: int) -> Panel:
    return {"x": left, "y": top, "w": width, "h": height}
