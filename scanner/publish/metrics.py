"""The last scan as Prometheus metrics, made afresh for each scrape: what vanished from the scan vanishes here."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from scanner import __version__
from scanner.model.document import Json
from scanner.model.rule import Rule
from scanner.model.watching import ReadingState
from scanner.publish.gauges import of_reloads, of_results, of_times, of_watching
from scanner.publish.state import Board, Reload, State
from scanner.publish.tables import StateTable, Table, text
from scanner.publish.terminal import printable
from scanner.publish.webhooks.metrics import WebhookCollector
from scanner.publish.webhooks.state import States


@dataclass(frozen=True)
class Told:
    """What a scrape tells of.

    `rules` are the catalogue that the scans judge by; each has its series from the first scan on, at 0. `web_config`
    is how the web config file was last read. At most `finding_series` findings are told one by one. `webhooks` is how
    each endpoint does.
    """

    board: Board
    rules: tuple[Rule, ...]
    web_config: Reload
    finding_series: int = 0
    webhooks: States = field(default_factory=dict)


class ScanCollector(Collector):
    """Yields the counters and the information of a scrape; its gauges are tables."""

    def __init__(self, told: Told, state: State) -> None:
        """Take what is told, and the state that all of the scrape is about."""
        self._told = told
        self._state = state

    def describe(self) -> Iterable[Metric]:
        """Return nothing: there is no other collector in the registry to clash with."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield one family a metric."""
        yield InfoMetricFamily("consul_scan_build", "Version of this scanner.", {"version": __version__})
        yield _attempts(self._state)
        yield from _readings(self._told.board.watching().clusters)
        if self._state.results is not None:
            yield _policies(self._state.results)


def exposition(told: Told, accept: str) -> tuple[bytes, str]:
    """Return the metrics as text with its content type: OpenMetrics where `accept` asks for it, else Prometheus text.

    Args:
        told: what the scrape tells of.
        accept: the Accept header of the scrape, empty if it had none.
    """
    state = told.board.state
    registry = CollectorRegistry()
    registry.register(ScanCollector(told, state))
    registry.register(WebhookCollector(told.webhooks, time.time))
    ProcessCollector(registry=registry)
    encode, content_type = choose_encoder(accept)
    # Tables come first, as the end of OpenMetrics is marked by the encoder.
    return _tables(told, state).encode() + encode(registry), content_type


def _tables(told: Told, state: State) -> str:
    tables = [
        *of_times(state),
        *of_reloads({"config": told.board.config, "web_config": told.web_config}),
        *of_watching(told.board.watching()),
        *_of_results(told, state),
    ]
    return "".join(text(table) for table in tables)


def _of_results(told: Told, state: State) -> Iterable[Table | StateTable]:
    if state.results is None:
        return ()
    return of_results(state.results, state.standing, told.rules, told.finding_series)


def _attempts(state: State) -> Metric:
    family = CounterMetricFamily(
        "consul_scan_attempts", "Number of scans since the start, by whether they gave results.", labels=("outcome",)
    )
    family.add_metric(("success",), state.successes)
    family.add_metric(("failure",), state.failures)
    return family


def _readings(clusters: Iterable[ReadingState]) -> Iterator[Metric]:
    wakes = CounterMetricFamily(
        "consul_scan_wakes", "Number of times that Consul told of a change.", labels=("consul_cluster",)
    )
    polls = CounterMetricFamily(
        "consul_scan_polls", "Number of times that something was read without being told.", labels=("consul_cluster",)
    )
    for reading in clusters:
        wakes.add_metric((printable(reading.cluster),), reading.wakes)
        polls.add_metric((printable(reading.cluster),), reading.polls)
    yield from (family for family in (wakes, polls) if family.samples)


def _policies(results: Json) -> Metric:
    scan = results["scan"]
    about = {
        "sha256": scan["hashes"]["policies"],
        "engine": scan["engine"]["name"],
        "engine_version": printable(scan["engine"]["version"]),
    }
    return InfoMetricFamily("consul_scan_policies", "Policies and engine of the last scan that gave results.", about)
