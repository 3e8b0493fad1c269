"""Every metric and label that a dashboard, a rule or a page names is in a real scrape, and the other way round."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.model.scanned import Scanned
from scanner.model.watching import ReadingState, Watching, WatchState
from scanner.publish.state import Board, Reload
from scanner.publish.web import application
from scanner.publish.webhooks.state import EndpointState
from tests.dashboards.shipped import expressions, labels_in, metrics_in, rules
from tests.outlets import outlet
from tests.policies.cases import base_snapshot
from tests.scanning import results
from tests.web_server import web_server

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
OF_PROMETHEUS = {"job", "instance"}

Scraped = dict[str, set[str]]


@pytest.fixture(scope="module")
def scraped(embedded: Engine, policy_set: PolicySet) -> Scraped:
    """The names of the labels of each metric that a daemon shows which has seen everything once."""
    watching = Watching((WatchState("dc1", "mesh", 1.0, 1),), (ReadingState("dc1", 1.0, 1, 1),))
    board = Board(lambda: watching)
    board.config = Reload(successful=True, last_success=1.0)
    found = results(embedded, policy_set, base_snapshot("broken-pair"))
    board.state = board.state.succeeded(Scanned(found, {}), at=1.0, duration=1.0)
    bare = outlet(rules=catalogue(policy_set))
    served = replace(bare, finding_series=1, webhooks={"ops": EndpointState()})
    with web_server(served.door, application(board, served)) as port, httpx.Client(trust_env=False) as client:
        text = client.get(f"http://127.0.0.1:{port}/metrics").text
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
