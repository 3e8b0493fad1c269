"""Gauges as text are what the library's own encoders would make of them, and cost a scrape little."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.findings.register import Register
from scanner.findings.store import SqliteStore
from scanner.model.scanned import Scanned
from scanner.publish.gauges import of_results
from scanner.publish.metrics import Told, exposition
from scanner.publish.state import Board, Reload
from scanner.publish.tables import Labels, StateTable, Table, text
from scanner.publish.terminal import printable
from tests.conformance.multiplied import multiplied
from tests.policies.cases import base_snapshot
from tests.scanning import results
from tests.untraced import untraced

# There is no zero below zero among our numbers; the cache of texts takes it for the other one, as Prometheus does.
NUMBERS = st.floats().map(lambda number: number + 0.0)
VALUES = st.dictionaries(st.tuples(st.text(), st.text(max_size=200)), NUMBERS, max_size=8)


class One(Collector):
    """The library's own form of a table."""

    def __init__(self, table: Table) -> None:
        self._family = GaugeMetricFamily(table.name, table.meaning, labels=table.labels)
        for labels, amount in shown(table).items():
            self._family.add_metric(labels, amount)

    def collect(self) -> list[Metric]:
        return [self._family]


def plain(table: Table | StateTable) -> Table:
    if isinstance(table, Table):
        return table
    numbers = {
        (*place, state): number
        for place, row in table.rows.items()
        for state, number in zip(table.states, row, strict=True)
    }
    return Table(table.name, table.meaning, table.labels, numbers)


def shown(table: Table) -> Mapping[Labels, float]:
    return {tuple(printable(value) for value in labels): amount for labels, amount in table.values.items()}


@pytest.mark.parametrize(("encode", "end"), [(generate_latest, b""), (openmetrics.generate_latest, b"# EOF\n")])
@given(values=VALUES)
def test_the_text_is_that_of_the_library(
    encode: Callable[[CollectorRegistry], bytes], end: bytes, values: Mapping[Labels, float]
) -> None:
    table = Table("consul_scan_x", "Meaning.", ("a", "b"), values)
    registry = CollectorRegistry()
    registry.register(One(table))
    assert text(table).encode() + end == encode(registry)


@given(rows=st.dictionaries(st.tuples(st.text()), st.tuples(NUMBERS, NUMBERS), max_size=8))
def test_a_row_of_states_is_told_as_a_table_of_all_its_numbers(rows: Mapping[Labels, tuple[float, ...]]) -> None:
    states = StateTable("consul_scan_x", "Meaning.", ("a", "state"), ("good", "bad"), rows)
    assert text(states) == text(plain(states))


def test_of_two_rows_that_look_alike_one_is_told() -> None:
    alike: dict[Labels, tuple[float, ...]] = {("x" * 100,): (1.0, 0.0), ("x" * 101,): (0.0, 1.0)}
    assert text(StateTable("x", "Y.", ("a", "state"), ("good", "bad"), alike)).count("\nx{") == 2


def test_a_row_has_a_number_for_each_state() -> None:
    with pytest.raises(ValueError, match="zip"):
        text(StateTable("x", "Y.", ("a", "state"), ("good", "bad"), {("1",): (1.0,)}))


def test_a_gauge_without_labels_has_no_braces() -> None:
    assert text(Table("x", "Y.", (), {(): 1.5})) == "# HELP x Y.\n# TYPE x gauge\nx 1.5\n"


def test_of_two_names_that_look_alike_one_is_told() -> None:
    alike: dict[Labels, float] = {("x" * 100,): 1.0, ("x" * 101,): 2.0}
    assert text(Table("x", "Y.", ("a",), alike)).count("\nx{") == 1


def test_values_and_labels_are_as_many() -> None:
    with pytest.raises(TypeError):
        text(Table("x", "Y.", ("a", "b"), {("1",): 1.0}))


def test_a_scrape_of_fifty_clusters_takes_no_time(embedded: Engine, policy_set: PolicySet) -> None:
    board, rules = Board(), catalogue(policy_set)
    found = results(embedded, policy_set, multiplied(base_snapshot("broken-pair"), pairs=25, seed=1))
    register = Register(SqliteStore(None), rules, timedelta(days=90))
    register.observe(found, {}, datetime.now(UTC), lambda: found)
    board.state = board.state.succeeded(Scanned(found, {}, register.standing), at=1000.0, duration=1.0)
    told = Told(board, rules, Reload(successful=True, last_success=1.0), finding_series=100)

    costs = []
    for _ in range(15):
        with untraced():
            # Of this thread alone, so that others here do not count. Only the first scrape looks at each name.
            started = time.thread_time()
            content, _ = exposition(told, "application/openmetrics-text; version=1.0.0")
            costs.append(time.thread_time() - started)

    registry = CollectorRegistry()
    for table in of_results(found, register.standing, rules, 100):
        registry.register(One(plain(table)))
    encode: Callable[[CollectorRegistry], bytes] = openmetrics.generate_latest
    rival = []
    for _ in range(3):
        with untraced():
            started = time.thread_time()
            encoded = encode(registry)
            rival.append(time.thread_time() - started)

    assert encoded.count(b"\n") > 10_000
    assert min(costs) < min(rival) / 3, "the library's own encoder, given its families"
    assert len(found["clusters"]) == 50
    assert len(register.standing) >= 100
    assert content.count(b"\n") > 10_000
    assert min(costs) < 0.05
