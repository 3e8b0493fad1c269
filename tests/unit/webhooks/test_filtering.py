"""An endpoint is told what it asked for, and never the end of something whose beginning it was not told."""

from typing import Any

import pytest

from scanner.model.document import Json
from scanner.model.finding import Event
from scanner.publish.webhooks.filtering import wants
from scanner.publish.webhooks.settings import Filters
from scanner.schemas import fault
from tests.unit.webhooks.events import CAUSE, event, hostile, of_scan


def test_the_events_of_these_tests_are_events() -> None:
    for each in (event(), event(what="resolved"), hostile(), of_scan(), of_scan("recovered", None)):
        assert fault(each, "event") is None


def test_without_filters_all_is_wanted_that_alerts() -> None:
    assert wants(Filters(), event(severity="info"))
    assert wants(Filters(), of_scan())
    assert not wants(Filters(), event(caused_by=[CAUSE]))
    assert not wants(Filters(), event(waived_by="w-1"))


@pytest.mark.parametrize(
    ("filters", "fields", "wanted"),
    [
        (Filters(severity="high"), {"severity": "critical"}, True),
        (Filters(severity="high"), {"severity": "high"}, True),
        (Filters(severity="high"), {"severity": "medium"}, False),
        (Filters(clusters=("dc1",)), {}, True),
        (Filters(clusters=("dc2",)), {}, False),
        (Filters(clusters=("dc2",)), {"peer": "dc2"}, True),
        (Filters(rules=("MGP-205",)), {}, True),
        (Filters(rules=("MGP-301",)), {}, False),
        (Filters(events=("finding.opened",)), {}, True),
        (Filters(events=("finding.resolved",)), {}, False),
        (Filters(severity="high", clusters=("dc1",), rules=("MGP-301",)), {"severity": "high"}, False),
        (Filters(muted=True), {"caused_by": [CAUSE]}, True),
        (Filters(muted=True, clusters=("dc2",)), {"waived_by": "w-1"}, False),
    ],
)
def test_each_condition_has_to_hold(filters: Filters, fields: dict[str, Any], *, wanted: bool) -> None:
    assert wants(filters, event(**fields)) is wanted


@pytest.mark.parametrize(
    ("filters", "told", "wanted"),
    [
        (Filters(severity="critical", rules=("MGP-301",)), of_scan(), True),
        (Filters(clusters=("dc2",)), of_scan(), False),
        (Filters(clusters=("dc2",)), of_scan(cluster=None), True),
        (Filters(events=("finding.opened",)), of_scan(), False),
        (Filters(events=("scan.recovered",)), of_scan("recovered"), True),
    ],
)
def test_a_scan_has_a_cluster_and_neither_severity_nor_rule(filters: Filters, told: Json, *, wanted: bool) -> None:
    assert wants(filters, told) is wanted


@pytest.mark.parametrize(
    ("what", "muted", "wanted"),
    [
        ("opened", False, True),
        ("muted", True, True),
        ("unmuted", False, True),
        ("resolved", False, True),
        ("opened", True, False),
        ("resolved", True, False),
    ],
)
def test_what_is_muted_ends_with_the_word_that_it_is(what: Event, *, muted: bool, wanted: bool) -> None:
    assert wants(Filters(), event(what=what, waived_by="w-1" if muted else None)) is wanted
