"""Coverage, cluster status and exit code (design section 8)."""

from datetime import UTC, datetime
from typing import Any, Literal

import pytest

from scanner.findings.summary import cluster_status, coverage, exit_code, summary
from scanner.model.result import Result, Status, Subject
from scanner.model.rule import Severity
from scanner.model.waiver import Waiver

LATER = datetime(2030, 1, 1, tzinfo=UTC)
WAIVER = Waiver("w", "MGP-1", "*", "*", "team", "reason", None, None, LATER, "2030-01-01")


def result(
    status: Status,
    severity: Severity = "high",
    waiver: Waiver | None = None,
    baseline: Literal["new", "known"] | None = None,
) -> Result:
    subject = Subject(cluster="dc1", kind="cluster", id="dc1", name="dc1")
    return Result("MGP-1", "r", status, severity, subject, "", {}, None, None, (), (), None, waiver, baseline)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], None),
        (["not_applicable"], None),
        (["pass", "fail", "not_applicable"], 1.0),
        (["pass", "unknown", "error", "fail"], 0.5),
        (["unknown"], 0.0),
    ],
)
def test_coverage_is_what_was_judged_of_what_applies(statuses: list[Status], expected: float | None) -> None:
    assert coverage(result(status) for status in statuses) == expected


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ({"access": "ok", "mesh": "ok", "peerings": "disabled"}, "ok"),
        ({"access": "ok", "mesh": "off"}, "ok"),
        ({"access": "ok", "mesh": "error"}, "partial"),
        ({"access": "ok", "mesh": "denied"}, "partial"),
        ({"access": "ok", "mesh": "filtered"}, "partial"),
        ({"access": "error", "mesh": "error"}, "unreachable"),
    ],
)
def test_a_cluster_is_as_well_read_as_its_worst_section(sections: dict[str, str], expected: str) -> None:
    collection: dict[str, Any] = {name: {"status": status} for name, status in sections.items()}

    assert cluster_status(collection) == expected


@pytest.mark.parametrize(
    ("results", "clusters", "expected"),
    [
        ([result("pass")], ["ok"], 0),
        ([result("unknown")], ["partial"], 0),
        ([result("fail", "medium")], ["ok"], 1),
        ([result("fail", "low")], ["ok"], 0),
        ([result("fail", waiver=WAIVER)], ["ok"], 0),
        ([result("fail", baseline="known")], ["ok"], 0),
        ([result("fail", baseline="known"), result("fail", baseline="new")], ["ok"], 1),
        ([result("fail"), result("error")], ["ok"], 3),
        ([result("fail"), result("error")], ["ok", "unreachable"], 4),
    ],
)
def test_the_worst_reason_decides_the_exit_code(results: list[Result], clusters: list[Any], expected: int) -> None:
    assert exit_code(results, clusters, "medium") == expected


def test_failures_are_counted_by_severity_and_the_rest_is_not() -> None:
    told = summary([result("fail", "critical"), result("fail", "info"), result("pass", "high")], ["ok"], "medium")

    assert told["by_severity"] == {"critical": 1, "high": 0, "medium": 0, "low": 0, "info": 1}
    assert (told["fail"], told["pass"], told["exit_code"]) == (2, 1, 1)


def test_what_is_accepted_is_counted_and_stays_a_failure() -> None:
    accepted = [result("fail", waiver=WAIVER), result("fail", baseline="known"), result("fail", baseline="new")]

    told = summary(accepted, ["ok"], "medium")

    assert (told["fail"], told["waived"], told["known"]) == (3, 1, 1)
