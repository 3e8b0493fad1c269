"""The rules of Grafana's dashboard-linter, which is no program that tests could run here."""

import re

import pytest

from tests.dashboards.shipped import Document, dashboard, metrics_in, panels, queries, variables

UNITS = {"short", "none", "s", "bytes", "percentunit", "ops"}
SHOWN = pytest.mark.parametrize("panel", panels(), ids=lambda panel: panel["title"])
ASKED = pytest.mark.parametrize("query", queries())


def test_there_is_something_to_look_at() -> None:
    assert len(panels()) > 10
    assert len(queries()) > 10


def test_one_data_source_is_chosen_by_a_variable() -> None:
    sources = [variable for variable in variables().values() if variable["type"] == "datasource"]
    assert [(source["name"], source["label"], source["query"]) for source in sources] == [
        ("datasource", "Data source", "prometheus")
    ]


@pytest.mark.parametrize("name", ["job", "instance"])
def test_job_and_instance_are_variables(name: str) -> None:
    variable = variables()[name]
    assert (variable["label"], variable["type"]) == (name, "query")
    assert variable["datasource"]["uid"] == "$datasource"
    assert (variable["multi"], variable["includeAll"], variable["allValue"]) == (True, True, ".+")


def test_clusters_are_a_variable_of_the_chosen_scanners() -> None:
    definition = variables()["cluster"]["query"]["query"]
    assert definition.endswith(", consul_cluster)")
    assert '{job=~"$job", instance=~"$instance"}' in definition


def test_variables_are_read_again_when_the_time_changes() -> None:
    assert {variable["refresh"] for variable in variables().values() if variable["type"] == "query"} == {2}


def test_nobody_edits_it_in_place() -> None:
    assert dashboard()["editable"] is False


@SHOWN
def test_a_panel_says_what_it_shows(panel: Document) -> None:
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["datasource"]["uid"] == "$datasource"
    assert panel["targets"]
    assert {target["datasource"]["uid"] for target in panel["targets"]} == {"$datasource"}
    assert panel["fieldConfig"]["defaults"]["unit"] in UNITS


def test_panels_lie_side_by_side_within_the_width() -> None:
    places = [panel["gridPos"] for panel in dashboard()["panels"]]
    cells = [
        (x, y) for at in places for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in dashboard()["panels"]}) == len(places)


@ASKED
def test_a_query_is_for_the_chosen_scanners_and_clusters(query: str) -> None:
    selectors = metrics_in(query)
    assert selectors
    for name, selector in selectors:
        assert 'job=~"$job", instance=~"$instance"' in selector, name
        of_cluster = name.startswith(
            ("consul_compliance", "consul_scan_cluster", "consul_scan_section", "consul_scan_watch")
        )
        assert ('consul_cluster=~"$cluster"' in selector) == of_cluster, name


@ASKED
def test_counters_are_shown_as_rates_over_the_interval_of_the_scrape(query: str) -> None:
    for counter in re.findall(r"\w+_total\b", query):
        assert re.search(rf"rate\({counter}\{{[^}}]*}}\[\$__rate_interval\]\)", query)
    assert not re.search(r"\[\d", query)
