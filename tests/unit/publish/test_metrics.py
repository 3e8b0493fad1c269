"""What a scrape gets: the last scan, whole, with zeros for what could be and nothing of what is gone."""

import subprocess
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as prometheus_text

from scanner import __version__
from scanner.model.document import Json
from scanner.model.result import STATUSES
from scanner.model.scanned import Scanned
from scanner.model.watching import ReadingState, Watching, WatchState
from scanner.publish.metrics import Told, exposition
from scanner.publish.state import Board, Reload
from tests.tools import tool
from tests.tools.gate import need_tools
from tests.unit.publish.builders import (
    CATALOGUE,
    PEERING_ID,
    cluster,
    document,
    passing,
    result,
    rules,
    section,
    subject,
)
from tests.unit.publish.samples import SAMPLES, blind_token, entry_missing, healthy, hostile, unreachable, waived

READ = Reload(successful=True, last_success=900.0)
Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scanned(*documents: Json) -> Board:
    board = Board()
    for results in documents:
        board.state = board.state.succeeded(Scanned(results, {}), at=1000.0, duration=1.5)
    return board


def scrape(board: Board, finding_series: int = 0) -> Series:
    text = exposition(Told(board, rules(), READ, finding_series), "")[0].decode()
    samples = [sample for family in prometheus_text(text) for sample in family.samples]
    series = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert len(series) == len(samples), "the same series twice"
    return series


def at(series: Series, name: str, /, **labels: str) -> float | None:
    return series.get((name, frozenset(labels.items())))


def promtool_says(content: bytes) -> tuple[int, bytes, bytes]:
    need_tools("promtool")
    checked = subprocess.run([tool("promtool"), "check", "metrics"], input=content, capture_output=True, check=False)
    return checked.returncode, checked.stdout, checked.stderr


def test_before_the_first_scan_there_is_nothing_of_any_cluster() -> None:
    names = {name for name, _ in scrape(Board()) if not name.startswith("process_")}
    assert names == {
        "consul_scan_build_info",
        "consul_scan_attempts_total",
        "consul_scan_store_up",
        "consul_scan_web_config_last_reload_successful",
        "consul_scan_web_config_last_reload_success_timestamp_seconds",
    }


def test_every_rule_and_status_has_its_series_at_zero() -> None:
    series = scrape(scanned(document([], 0)))
    for rule, (_, severity, _) in CATALOGUE.items():
        assert at(series, "consul_compliance_open_findings", consul_cluster="dc1", rule=rule, severity=severity) == 0
        for status in STATUSES:
            assert at(series, "consul_compliance_results", consul_cluster="dc2", rule=rule, status=status) == 0


def test_counts_results_by_rule_and_status() -> None:
    two = [result("MGP-204", "dc1", "fail"), result("MGP-204", "dc1", "fail"), result("MGP-204", "dc1")]
    series = scrape(scanned(document(two, 1)))
    assert at(series, "consul_compliance_results", consul_cluster="dc1", rule="MGP-204", status="fail") == 2
    assert at(series, "consul_compliance_results", consul_cluster="dc1", rule="MGP-204", status="pass") == 1


def test_one_cause_counts_once_as_a_failure_to_mend() -> None:
    series = scrape(scanned(entry_missing()))
    to_mend = {
        labels for (name, labels), value in series.items() if name == "consul_compliance_open_findings" and value
    }
    assert to_mend == {frozenset({("consul_cluster", "dc1"), ("rule", "MGP-301"), ("severity", "critical")})}
    assert at(series, "consul_compliance_results", consul_cluster="dc2", rule="MGP-404", status="fail") == 1


def test_what_belongs_to_no_cluster_has_a_series_too() -> None:
    stray = result("MGP-702", "dc1", "fail")
    stray["subject"] |= {"cluster": "", "kind": "waiver"}
    series = scrape(scanned(document([stray], 0)))
    assert at(series, "consul_compliance_open_findings", consul_cluster="", rule="MGP-702", severity="info") == 1
    numbers = [
        at(series, "consul_compliance_results", consul_cluster="", rule="MGP-702", status=status) for status in STATUSES
    ]
    assert numbers == [1, 0, 0, 0, 0]


def test_what_is_waived_is_a_result_and_no_failure_to_mend() -> None:
    series = scrape(scanned(waived()))
    assert at(series, "consul_compliance_open_findings", consul_cluster="dc1", rule="MGP-204", severity="critical") == 0
    assert at(series, "consul_compliance_results", consul_cluster="dc1", rule="MGP-204", status="fail") == 1


def test_tells_which_cluster_is_gone_and_goes_on_with_the_others() -> None:
    series = scrape(scanned(unreachable()))
    assert at(series, "consul_scan_cluster_up", consul_cluster="dc1") == 1
    assert at(series, "consul_scan_cluster_up", consul_cluster="dc2") == 0
    assert at(series, "consul_compliance_coverage_ratio", consul_cluster="dc1") == 0.7


def test_tells_which_section_was_not_read_whole() -> None:
    series = scrape(scanned(blind_token()))
    assert at(series, "consul_scan_section_ok", consul_cluster="dc2", section="peerings") == 0
    assert at(series, "consul_scan_section_ok", consul_cluster="dc2", section="mesh") == 1


@pytest.mark.parametrize("status", ["off", "disabled", "unsupported"])
def test_a_section_that_is_switched_off_has_no_series_to_alert_on(status: str) -> None:
    series = scrape(scanned(document([], 0, dc1=cluster([], "dc1", "ok", agents=section(status)))))
    assert at(series, "consul_scan_section_ok", consul_cluster="dc1", section="agents") is None


def path(status: str, **fields: Any) -> Json:
    other = result("MGP-404", "dc2", status) | {"rule": "MGP-405"}
    return other | {"subject": subject("MGP-404", "dc2", **fields)}


@pytest.mark.parametrize(
    ("status", "state"),
    [("pass", "proven"), ("fail", "bypassed"), ("unknown", "unknown"), ("error", "unknown")],
)
def test_tells_the_state_of_the_path_of_each_pair(status: str, state: str) -> None:
    series = scrape(scanned(document([path(status)], 0)))
    pair = {"consul_cluster": "dc2", "pair": PEERING_ID, "peer": "dc1"}
    for known in ("proven", "bypassed", "unknown"):
        assert at(series, "consul_compliance_path_state", **pair, state=known) == (known == state)


def test_a_pair_whose_other_side_is_not_in_the_scan_has_a_path_too() -> None:
    series = scrape(scanned(document([path("unknown", peer=None)], 0)))
    pair = {"consul_cluster": "dc2", "pair": PEERING_ID, "peer": ""}
    assert at(series, "consul_compliance_path_state", **pair, state="unknown") == 1


def test_what_is_no_pair_has_no_path() -> None:
    blind = path("unknown", kind="cluster")
    series = scrape(scanned(document([blind, path("not_applicable")], 0)))
    assert "consul_compliance_path_state" not in {name for name, _ in series}


def test_findings_have_series_of_their_own_where_they_are_wanted() -> None:
    assert "consul_compliance_finding" not in {name for name, _ in scrape(scanned(entry_missing()))}
    series = scrape(scanned(entry_missing()), finding_series=5)
    place = {"consul_cluster": "dc1", "partition": "", "namespace": "", "kind": "cluster", "name": "dc1"}
    finding = {**place, "peer": "", "rule": "MGP-301", "severity": "critical", "subject": "dc1"}
    assert at(series, "consul_compliance_finding", **finding) == 1
    assert at(series, "consul_compliance_finding_series_dropped") == 0


def test_what_is_beyond_the_cap_is_counted_and_the_worst_is_told() -> None:
    failing = [
        result("MGP-702", "dc1", "fail"),
        result("MGP-301", "dc2", "fail"),
        result("MGP-406", "dc1", "fail"),
    ]
    series = scrape(scanned(document(failing, 1)), finding_series=2)
    shown = {dict(labels)["rule"] for name, labels in series if name == "consul_compliance_finding"}
    assert shown == {"MGP-301", "MGP-406"}
    assert at(series, "consul_compliance_finding_series_dropped") == 1


def test_tells_how_watches_and_readings_do() -> None:
    watches = (WatchState("dc1", "mesh", 1000.0, 2), WatchState("dc1", "roots"))
    board = Board(lambda: Watching(watches, (ReadingState("dc1", 990.0, 3, 4), ReadingState("dc2"))))
    series = scrape(board)
    mesh, roots = ({"consul_cluster": "dc1", "watch": watch} for watch in ("mesh", "roots"))
    assert at(series, "consul_scan_watch_last_answer_timestamp_seconds", **mesh) == 1000
    assert at(series, "consul_scan_watch_last_answer_timestamp_seconds", **roots) is None
    assert at(series, "consul_scan_watch_failures", **mesh) == 2
    assert at(series, "consul_scan_watch_failures", **roots) == 0
    assert at(series, "consul_scan_cluster_last_success_timestamp_seconds", consul_cluster="dc1") == 990
    assert at(series, "consul_scan_cluster_last_success_timestamp_seconds", consul_cluster="dc2") is None
    assert at(series, "consul_scan_wakes_total", consul_cluster="dc1") == 3
    assert at(series, "consul_scan_polls_total", consul_cluster="dc1") == 4
    assert at(series, "consul_scan_wakes_total", consul_cluster="dc2") == 0
    assert promtool_says(exposition(Told(board, rules(), READ), "")[0]) == (0, b"", b"")


def test_tells_how_the_files_were_last_read() -> None:
    board = Board()
    board.config = Reload(successful=False, last_success=800.0)
    series = scrape(board)
    assert at(series, "consul_scan_config_last_reload_successful") == 0
    assert at(series, "consul_scan_config_last_reload_success_timestamp_seconds") == 800
    assert at(series, "consul_scan_web_config_last_reload_successful") == 1
    assert at(series, "consul_scan_web_config_last_reload_success_timestamp_seconds") == 900


def test_tells_what_the_process_costs() -> None:
    series = scrape(Board())
    assert (at(series, "process_resident_memory_bytes") or 0) > 2**20
    assert (at(series, "process_open_fds") or 0) > 2


def test_coverage_is_absent_where_nothing_applies() -> None:
    assert "consul_compliance_coverage_ratio" not in {name for name, _ in scrape(scanned(document([], 0)))}


def test_what_vanishes_from_the_scan_vanishes_from_the_metrics() -> None:
    only_dc1 = document([judged for judged in passing() if judged["subject"]["cluster"] == "dc1"], 0)
    del only_dc1["clusters"]["dc2"]
    series = scrape(scanned(healthy(), only_dc1))
    assert not [labels for _, labels in series if ("consul_cluster", "dc2") in labels]


def test_tells_of_the_scan_itself() -> None:
    board = scanned(healthy())
    board.state = board.state.failed("the engine is gone", at=2000.0)
    series = scrape(board)
    assert at(series, "consul_scan_duration_seconds") == 1.5
    assert at(series, "consul_scan_last_success_timestamp_seconds") == 1001.5
    assert at(series, "consul_scan_last_attempt_timestamp_seconds") == 2000
    assert at(series, "consul_scan_attempts_total", outcome="success") == 1
    assert at(series, "consul_scan_attempts_total", outcome="failure") == 1
    assert at(series, "consul_scan_build_info", version=__version__) == 1
    policies = {"sha256": "b" * 64, "engine": "embedded", "engine_version": "0.13.0"}
    assert at(series, "consul_scan_policies_info", **policies) == 1


def test_a_failed_scan_leaves_the_last_good_one_in_place() -> None:
    board = scanned(entry_missing())
    before = scrape(board)
    board.state = board.state.failed("the engine is gone", at=2000.0)
    changed = set(before.items()) ^ set(scrape(board).items())
    assert {name for (name, _), _ in changed if not name.startswith("process_")} == {
        "consul_scan_attempts_total",
        "consul_scan_last_attempt_timestamp_seconds",
    }


def test_label_values_are_short_and_printable() -> None:
    results = hostile()
    results["clusters"]["\x1b[2J\n\ud800" + "x" * 10_000] = results["clusters"].pop("dc1")
    for _, labels in scrape(scanned(results)):
        for _, value in labels:
            assert value.isprintable()
            assert len(value) <= 80


def test_gives_openmetrics_to_who_asks_for_it() -> None:
    content, content_type = exposition(
        Told(scanned(healthy()), rules(), READ), "application/openmetrics-text; version=1.0.0"
    )
    assert content_type.startswith("application/openmetrics-text")
    families = open_metrics(content.decode())  # type: ignore[no-untyped-call]
    assert {family.name for family in families} >= {"consul_scan_attempts", "consul_scan_build"}


@pytest.mark.parametrize("sample", SAMPLES)
def test_promtool_finds_nothing_to_say(sample: str) -> None:
    content, _ = exposition(Told(scanned(SAMPLES[sample]()), rules(), READ, 3), "")
    assert promtool_says(content) == (0, b"", b"")
