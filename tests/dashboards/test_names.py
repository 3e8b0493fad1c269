"""Every metric and label that a dashboard, a rule or a page names is in a real scrape, and the other way round."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from scanner.model.document import Json
from tests.dashboards.shipped import expressions, labels_in, metrics_in, rules
from tests.e2e.service import Service
from tests.faults.replay import replay
from tests.playground import wait_until
from tests.unit.test_daemon_process import free_port

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
OF_PROMETHEUS = {"job", "instance"}
Scraped = dict[str, set[str]]


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scraped]:
    """The names of the labels of each metric that `consul-scan serve` shows, once all of its watches were answered."""
    config = tmp_path_factory.mktemp("serve") / "consul-scan.yaml"
    with replay(2) as consul:
        config.write_text(json.dumps(all_on([f"{consul.address}/{number}" for number in range(2)])))
        service = Service(config, f"127.0.0.1:{free_port()}")
        try:
            wait_until("serve is ready", lambda: requests.get(f"{service.url}/-/ready", timeout=5).ok)
            yield wait_until(
                "its watches are answered",
                lambda: labels_of(service.metrics()),
                lambda shown: "consul_scan_watch_last_answer_timestamp_seconds" in shown,
            )
        finally:
            service.kill()


def all_on(addresses: list[str]) -> Json:
    """A config of these clusters with all that has metrics of its own; nobody takes the webhook."""
    return {
        "clusters": {f"dc{number}": {"address": address} for number, address in enumerate(addresses, 1)},
        "serve": {"per_finding_series": 5},
        "webhooks": [{"name": "ops", "url": f"http://127.0.0.1:{free_port()}", "format": "alertmanager"}],
    }


def labels_of(text: str) -> Scraped:
    """The names of the labels by the name of the metric."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {sample.name: set(sample.labels) for sample in samples}


def recorded() -> set[str]:
    return {rule["record"] for rule in rules() if "record" in rule}


def test_each_expression_names_what_there_is(scraped: Scraped) -> None:
    named = [found for expression in expressions() for found in metrics_in(expression)]
    assert len(named) > 40
    for name, selector in named:
        assert name in scraped, name
        assert labels_in(selector) <= scraped[name] | OF_PROMETHEUS, (name, selector)


def grouped(expression: str) -> Iterator[str]:
    """Yield the labels by which an expression adds up."""
    for names in re.findall(r"\b(?:by|on) ?\(([^)]*)\)", expression):
        yield from (name.strip() for name in names.split(","))


def test_each_expression_adds_up_by_labels_that_there_are(scraped: Scraped) -> None:
    for expression in expressions():
        known = set().union(*(scraped[name] for name, _ in metrics_in(expression))) | OF_PROMETHEUS
        assert set(grouped(expression)) <= known, expression


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_page_names_what_there_is(scraped: Scraped, page: Path) -> None:
    named = set(re.findall(r"\bconsul_(?:scan|compliance)(?:_[a-z]+)+\b", page.read_text()))
    assert named <= set(scraped) | {name.split(":")[1] for name in recorded()}


def test_each_metric_has_its_line_in_the_docs(scraped: Scraped) -> None:
    lines = re.findall(r"^\| (`.+?) \|(.*?)\|", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE)
    told = {
        name: set(re.findall(r"`(\w+)`", labels)) for names, labels in lines for name in re.findall(r"`(\w+)`", names)
    }
    ours = {name: labels for name, labels in scraped.items() if name.startswith("consul_")}
    assert {name: told.get(name) for name in ours} == ours
