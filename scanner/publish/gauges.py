"""Which gauges there are: their names, labels and meanings. Pure: states and results in, tables out."""

from collections.abc import Iterator, Mapping, Sequence

from scanner.model.document import Json
from scanner.model.result import STATUSES
from scanner.model.rule import Rule
from scanner.model.scanned import Standing
from scanner.model.watching import Watching
from scanner.publish.series import (
    PATH_STATES,
    cluster_up,
    coverage,
    open_findings,
    paths,
    results_by_status,
    sections_ok,
    single_findings,
)
from scanner.publish.standing import to_mend
from scanner.publish.state import Reload, State
from scanner.publish.tables import Labels, StateTable, Table

_CLUSTER = ("consul_cluster",)
_SINGLE = ("consul_cluster", "kind", "name", "namespace", "partition", "peer", "rule", "severity", "subject")


def of_results(
    results: Json, standing: Standing | None, rules: Sequence[Rule], finding_series: int
) -> Iterator[Table | StateTable]:
    """Yield the gauges of the last scan that gave results, and of what stands after it."""
    mending = to_mend(results, standing, rules)
    yield StateTable(
        "consul_compliance_results",
        "Number of results of the last scan, by rule and status.",
        (*_CLUSTER, "rule", "status"),
        STATUSES,
        results_by_status(results, rules),
    )
    yield Table(
        "consul_compliance_open_findings",
        "Number of findings to mend: they stand, and are neither waived nor the consequence of another one.",
        (*_CLUSTER, "rule", "severity"),
        open_findings(results, mending, rules),
    )
    yield Table(
        "consul_compliance_coverage_ratio",
        "Part of what applies to the cluster that could be judged; absent where nothing applies.",
        _CLUSTER,
        coverage(results),
    )
    yield StateTable(
        "consul_compliance_path_state",
        "Whether the stream of a pair is proven to take its gateways, bypasses them, or this is unknown: 1 for one.",
        (*_CLUSTER, "pair", "peer", "state"),
        PATH_STATES,
        paths(results),
    )
    yield from _of_single_findings(mending, finding_series)
    yield from _of_reading(results)


def _of_single_findings(mending: Sequence[Json], most: int) -> Iterator[Table]:
    if not most:
        return
    shown = single_findings(mending, most)
    yield Table("consul_compliance_finding", "One finding to mend; always 1.", _SINGLE, shown)
    yield Table(
        "consul_compliance_finding_series_dropped",
        "Number of findings to mend without a series of their own, beyond serve.per_finding_series.",
        (),
        {(): float(len(mending) - len(shown))},
    )


def _of_reading(results: Json) -> Iterator[Table]:
    yield Table(
        "consul_scan_cluster_up",
        "Whether the last scan could read the cluster (1) or not (0).",
        _CLUSTER,
        cluster_up(results),
    )
    yield Table(
        "consul_scan_section_ok",
        "Whether a section of the cluster was read whole (1) or not (0); absent where it is switched off.",
        (*_CLUSTER, "section"),
        sections_ok(results),
    )


def of_times(state: State) -> Iterator[Table]:
    """Yield the gauges of the attempts; what has not happened yet is absent."""
    told = {
        "duration_seconds": ("Duration of the last scan that gave results.", state.duration),
        "last_success_timestamp_seconds": ("When the last scan that gave results ended.", state.last_success),
        "last_attempt_timestamp_seconds": ("When the last scan began, whatever came of it.", state.last_attempt),
    }
    for name, (meaning, value) in told.items():
        if value is not None:
            yield Table(f"consul_scan_{name}", meaning, (), {(): value})


def of_reloads(reloads: Mapping[str, Reload | None]) -> Iterator[Table]:
    """Yield the two gauges of each file that is read again while the daemon runs, by the name of the file."""
    for name, reload in reloads.items():
        if reload is not None:
            about = f"consul_scan_{name}_last_reload"
            words = f"{name.replace('_', ' ')} file"
            yield Table(
                f"{about}_successful",
                f"Whether the {words} could be used when it was last read (1) or the former one still counts (0).",
                (),
                {(): float(reload.successful)},
            )
            when = f"When the {words} could last be used."
            yield Table(f"{about}_success_timestamp_seconds", when, (), {(): reload.last_success})


def of_watching(watching: Watching) -> Iterator[Table]:
    """Yield the gauges of the store, of watches and of readings; what has not happened yet is absent."""
    yield Table(
        "consul_scan_store_up",
        "Whether the findings of the last scan could be remembered (1) or not (0).",
        (),
        {(): float(watching.remembers)},
    )
    answers: dict[Labels, float | None] = {
        (watch.cluster, watch.watch): watch.last_answer_unix for watch in watching.watches
    }
    readings: dict[Labels, float | None] = {
        (reading.cluster,): reading.last_success_unix for reading in watching.clusters
    }
    failures: dict[Labels, float | None] = {
        (watch.cluster, watch.watch): float(watch.failures) for watch in watching.watches
    }
    told: tuple[tuple[str, str, tuple[str, ...], Mapping[Labels, float | None]], ...] = (
        ("watch_last_answer_timestamp_seconds", "When a watch was last answered.", (*_CLUSTER, "watch"), answers),
        ("watch_failures", "How often a watch failed since its last answer.", (*_CLUSTER, "watch"), failures),
        ("cluster_last_success_timestamp_seconds", "When the cluster could last be read.", _CLUSTER, readings),
    )
    for name, meaning, labels, values in told:
        happened = {at: value for at, value in values.items() if value is not None}
        if happened:
            yield Table(f"consul_scan_{name}", meaning, labels, happened)
