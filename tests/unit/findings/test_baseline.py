"""Against a baseline: what is new, what was known, what is resolved, and what cannot be said."""

from typing import Any

import pytest

from scanner.findings.baseline import Baseline, compared, comparison
from scanner.model.document import Json
from scanner.model.result import Result, Subject
from tests.unit.findings.waivers import gateway, pair, result, waiver, whole_cluster
from tests.unit.publish.builders import document


def baseline(*results: Result) -> Baseline:
    return Baseline(document([one.document() for one in results], 1))


@pytest.mark.parametrize(
    ("earlier", "mark"),
    [
        ([result()], "known"),
        ([result(subject=gateway(), message="other words")], "known"),
        ([], "new"),
        ([result("pass")], "new"),
        ([result("unknown")], "new"),
        ([result("error")], "new"),
        ([result("unknown", whole_cluster())], "new"),
        ([result(rule="MGP-208")], "new"),
        ([result(subject=gateway("dc2"))], "new"),
        ([result(waiver=waiver())], "new"),
    ],
)
def test_known_is_what_failed_there_and_nobody_waived(earlier: list[Result], mark: str) -> None:
    [now] = compared([result()], baseline(*earlier))

    assert (now.status, now.baseline) == ("fail", mark)


def test_a_pair_is_known_from_either_side() -> None:
    other_side = Subject("dc1", "pair", pair().id, "to-dc2 -> dc1")

    [now] = compared([result(subject=pair())], baseline(result(subject=other_side)))

    assert now.baseline == "known"


@pytest.mark.parametrize("now", [result("pass"), result("unknown"), result("error"), result(waiver=waiver())])
def test_nothing_but_an_open_failure_is_compared(now: Result) -> None:
    [marked] = compared([now], baseline(result()))

    assert marked.baseline is None


def resolved(now: list[Result], *earlier: Result, clusters: tuple[str, ...] = ("dc1", "dc2")) -> list[Json]:
    found: list[Json] = comparison(now, clusters, baseline(*earlier))["resolved"]
    return found


@pytest.mark.parametrize(
    ("now", "is_resolved"),
    [
        ([result("pass")], True),
        ([result("not_applicable", whole_cluster())], True),
        ([result("pass", gateway(name="other"))], True),
        ([result("pass", gateway("dc2"))], True),
        ([result()], False),
        ([result(waiver=waiver())], False),
        ([result("unknown")], False),
        ([result("unknown", whole_cluster())], False),
        ([result("error", Subject("", "rule", "MGP-204", "x"))], False),
        ([result("pass", rule="MGP-208")], False),
        ([], False),
    ],
)
def test_resolved_is_what_passes_or_is_seen_to_be_gone(now: list[Result], is_resolved: bool) -> None:  # noqa: FBT001
    assert [one["rule"] for one in resolved(now, result())] == (["MGP-204"] if is_resolved else [])


def test_what_is_in_a_cluster_that_was_not_scanned_is_not_resolved() -> None:
    there = result("pass", gateway("dc2"))

    assert resolved([there], result(), clusters=("dc2",)) == []
    assert resolved([there], result(subject=pair()), clusters=("dc2",)) == []
    assert resolved([there], result(subject=pair())) != []


def test_what_was_waived_there_is_not_told_as_resolved() -> None:
    assert resolved([result("pass")], result(waiver=waiver())) == []


def test_the_scan_that_it_was_is_named() -> None:
    earlier = baseline(result())
    told: dict[str, Any] = comparison([result("pass")], ["dc1"], earlier)

    assert told["scan_id"] == earlier.document["scan"]["id"]
    assert told["finished_at"] == earlier.document["scan"]["finished_at"]
    assert told["resolved"] == [
        {"rule": "MGP-204", "name": "gateway_available", "severity": "critical", "subject": gateway().document()}
    ]
