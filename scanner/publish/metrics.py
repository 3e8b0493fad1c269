"""The last scan as Prometheus metrics, made afresh for each scrape: what vanished from the scan vanishes here."""

from collections.abc import Iterable, Iterator, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from scanner import __version__
from scanner.model.document import Json
from scanner.model.rule import Rule
from scanner.publish.series import Labels, cluster_up, coverage, failures, results_by_status, sections_ok
from scanner.publish.state import Board, Reload, State
from scanner.publish.terminal import printable


class ScanCollector(Collector):
    """Yields the metrics of a board; every rule of the catalogue has its series from the first scan on, at 0."""

    def __init__(self, board: Board, rules: Sequence[Rule], web_config: Reload) -> None:
        """Take where the state stands, the rules that the scans judge by, and how the web config was last read."""
        self._board = board
        self._rules = tuple(rules)
        self._web_config = web_config

    def describe(self) -> Iterable[Metric]:
        """Return nothing: there is no other collector in the registry to clash with."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield one family a metric, all from the same state."""
        state = self._board.state
        yield InfoMetricFamily("consul_scan_build", "Version of this scanner.", {"version": __version__})
        yield _attempts(state)
        yield from _times(state)
        yield from _reload("web_config", "web config file", self._web_config)
        if state.results is not None:
            yield from _verdicts(state.results, self._rules)
            yield from _clusters(state.results)
            yield _policies(state.results)


def exposition(board: Board, rules: Sequence[Rule], web_config: Reload, accept: str) -> tuple[bytes, str]:
    """Return the metrics as text with its content type: OpenMetrics where `accept` asks for it, else Prometheus text.

    Args:
        board: where the state stands.
        rules: the catalogue that the scans judge by.
        web_config: how the web config file was last read.
        accept: the Accept header of the scrape, empty if it had none.
    """
    registry = CollectorRegistry()
    registry.register(ScanCollector(board, rules, web_config))
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


def _verdicts(results: Json, rules: Sequence[Rule]) -> Iterator[Metric]:
    yield _gauge(
        "consul_compliance_results",
        "Number of results of the last scan, by rule and status.",
        ("consul_cluster", "rule", "status"),
        results_by_status(results, rules),
    )
    yield _gauge(
        "consul_compliance_failures",
        "Number of failures to mend: neither waived nor the consequence of another failure.",
        ("consul_cluster", "rule", "severity"),
        failures(results, rules),
    )
    yield _gauge(
        "consul_compliance_coverage_ratio",
        "Part of what applies to the cluster that could be judged; absent where nothing applies.",
        ("consul_cluster",),
        coverage(results),
    )


def _clusters(results: Json) -> Iterator[Metric]:
    yield _gauge(
        "consul_scan_cluster_up",
        "Whether the last scan could read the cluster (1) or not (0).",
        ("consul_cluster",),
        cluster_up(results),
    )
    yield _gauge(
        "consul_scan_section_ok",
        "Whether a section of the cluster was read whole (1) or not (0); absent where it is switched off.",
        ("consul_cluster", "section"),
        sections_ok(results),
    )


def _attempts(state: State) -> Metric:
    family = CounterMetricFamily(
        "consul_scan_attempts", "Number of scans since the start, by whether they gave results.", labels=("outcome",)
    )
    family.add_metric(("success",), state.successes)
    family.add_metric(("failure",), state.failures)
    return family


def _times(state: State) -> Iterator[Metric]:
    told = {
        "duration_seconds": ("Duration of the last scan that gave results.", state.duration),
        "last_success_timestamp_seconds": ("When the last scan that gave results ended.", state.last_success),
        "last_attempt_timestamp_seconds": ("When the last scan began, whatever came of it.", state.last_attempt),
    }
    for name, (meaning, value) in told.items():
        if value is not None:
            yield _gauge(f"consul_scan_{name}", meaning, (), {(): value})


def _reload(name: str, file: str, reload: Reload) -> Iterator[Metric]:
    yield _gauge(
        f"consul_scan_{name}_last_reload_successful",
        f"Whether the last reading of the {file} gave something usable (1) or the former one still counts (0).",
        (),
        {(): float(reload.successful)},
    )
    yield _gauge(
        f"consul_scan_{name}_last_reload_success_timestamp_seconds",
        f"When the {file} could last be used.",
        (),
        {(): reload.last_success},
    )


def _policies(results: Json) -> Metric:
    scan = results["scan"]
    about = {
        "sha256": scan["hashes"]["policies"],
        "engine": scan["engine"]["name"],
        "engine_version": printable(scan["engine"]["version"]),
    }
    return InfoMetricFamily("consul_scan_policies", "Policies and engine of the last scan that gave results.", about)


def _gauge(name: str, meaning: str, labels: tuple[str, ...], values: dict[Labels, float]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=labels)
    for at, value in values.items():
        family.add_metric(at, value)
    return family
