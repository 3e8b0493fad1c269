"""What a daemon remembers: settling, second readings, marks, and every transition with its event."""

import gzip
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.errors import EngineError, StoreError
from scanner.findings.fingerprint import fingerprint
from scanner.findings.history import opened_history
from scanner.findings.recollection import Recollection
from scanner.findings.register import Register
from scanner.findings.store import SqliteStore
from scanner.model.document import Json
from scanner.model.recall import Wanted
from scanner.schemas import fault
from tests.unit.findings.outbox import outbox
from tests.unit.findings.scans import ORIGIN, RULES, SNAPSHOT, START, after, of_pair, result, rule, scan

FAILS = result("MGP-205", "fail")
PASSES = result("MGP-205", "pass")
SETTLING = result("MGP-204", "fail")
DAY = timedelta(days=1)


def never() -> Json:
    raise AssertionError("nothing had to be read again")


class Watcher:
    """A register on a store in a file, and what it told."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = SqliteStore(path)
        self.register = Register(self.store, RULES, 90 * DAY)

    def sees(self, *told: Json, at: float = 0, again: Json | None = None, **given: Any) -> list[str]:
        results = scan(*told, **given)
        reread = (lambda: again) if again is not None else never
        return [each.event for each in self.register.observe(results, SNAPSHOT, after(at), reread)]

    def starts_anew(self) -> None:
        self.store.close()
        self.store = SqliteStore(self.path)
        self.register = Register(self.store, RULES, 90 * DAY)

    def states(self) -> list[str]:
        return [finding.state for finding in self.store.findings().values()]


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[Watcher]:
    made = Watcher(tmp_path / "consul-scan.db")
    yield made
    made.store.close()


def test_a_finding_opens_resolves_and_reopens_with_an_event_each(watcher: Watcher) -> None:
    told = [watcher.sees(FAILS), watcher.sees(FAILS, at=1), watcher.sees(PASSES, at=2), watcher.sees(FAILS, at=3)]

    assert told == [["opened"], [], ["resolved"], ["reopened"]]
    events = outbox(watcher.path)
    assert [(event["type"], event["message"], event["finding"]["state"]) for event in events] == [
        ("finding.opened", "it is wrong", "open"),
        ("finding.resolved", "the rule passes", "resolved"),
        ("finding.reopened", "it is wrong", "reopened"),
    ]
    assert [fault(event, "event") for event in events] == [None, None, None]
    assert len({event["id"] for event in events}) == 3
    assert events[0]["finding"]["last_failed_at"] == "2026-11-22T09:00:00.000+00:00"


def test_each_transition_keeps_the_scan_that_showed_it_and_each_opening_its_snapshot(watcher: Watcher) -> None:
    watcher.sees(FAILS)
    watcher.sees(at=5, number=5)

    with opened_history(watcher.path) as history:
        opened, resolved = history.transitions(fingerprint(FAILS))
        kept = history.snapshot(opened.origin.snapshot)
    assert (opened.at, opened.origin) == (START, ORIGIN)
    assert (resolved.at, resolved.origin.scan_id, resolved.message) == (after(5), "scan-5", "the subject is gone")
    assert kept
    assert json.loads(kept) == SNAPSHOT


def test_a_resolved_finding_keeps_no_snapshot_of_its_own(watcher: Watcher) -> None:
    watcher.sees(FAILS)
    later = SNAPSHOT | {"later": True}
    watcher.register.observe(scan(PASSES, snapshot=later), later, after(1), never)

    with watcher.store._database.transaction() as connection:  # noqa: SLF001 - what is in the file, not what is told of it
        found = connection.exec_driver_sql("SELECT content FROM snapshots").scalars().all()
    assert [json.loads(gzip.decompress(content)) for content in found] == [SNAPSHOT]


def test_a_failure_is_told_once_it_has_settled_also_over_a_restart(watcher: Watcher) -> None:
    first = watcher.sees(SETTLING)
    watcher.starts_anew()
    early = watcher.sees(SETTLING, at=59)
    settled = watcher.sees(SETTLING, at=60)

    assert [first, early, settled] == [[], [], ["opened"]]


def test_what_stops_to_fail_before_it_has_settled_is_forgotten(watcher: Watcher) -> None:
    watcher.sees(SETTLING)
    watcher.sees(result("MGP-204", "pass"), at=30)

    assert watcher.states() == []
    assert outbox(watcher.path) == []


def test_an_open_finding_stays_open_over_blindness_and_restart(watcher: Watcher) -> None:
    watcher.sees(FAILS)
    blind: Json = {"dc1": {"access": "error", "gateways": "error"}}
    told = [watcher.sees(at=1, sections=blind)]
    watcher.starts_anew()
    told += [watcher.sees(at=2, sections=blind), watcher.sees(FAILS, at=3), watcher.sees(at=4)]

    assert told == [[], [], [], ["resolved"]]


def test_what_stands_is_what_failed_when_it_was_last_seen(watcher: Watcher) -> None:
    def standing() -> list[tuple[str, str]]:
        return [(finding.rule, finding.state) for finding in watcher.register.standing]

    assert standing() == []
    watcher.sees(FAILS, SETTLING)
    assert standing() == [("MGP-205", "open"), ("MGP-204", "pending")]
    watcher.starts_anew()
    watcher.sees(at=60, sections={"dc1": {"access": "error", "gateways": "error"}})
    assert sorted(standing()) == [("MGP-204", "pending"), ("MGP-205", "open")]
    watcher.sees(at=61)
    assert standing() == []


def test_when_it_was_last_seen_to_fail_is_kept_from_scan_to_scan(watcher: Watcher) -> None:
    for second, told in enumerate([[FAILS], [FAILS], [FAILS], [result("MGP-205", "unknown")]]):
        watcher.sees(*told, at=second)

    (kept,) = watcher.store.findings().values()
    assert (kept.state, kept.failing_since, kept.last_failed_at) == ("open", START, after(2))


def test_a_finding_about_two_clusters_opens_when_a_second_reading_shows_it_too(watcher: Watcher) -> None:
    assert watcher.sees(of_pair("fail"), again=scan(of_pair("fail", "dc1", None))) == ["opened"]
    assert watcher.sees(of_pair("fail"), at=1) == []


@pytest.mark.parametrize(
    "again", [scan(of_pair("pass")), scan(of_pair("unknown")), scan(), scan(sections={"dc1": {"access": "error"}})]
)
def test_what_a_second_reading_does_not_show_opens_nothing(watcher: Watcher, again: Json) -> None:
    assert watcher.sees(of_pair("fail"), FAILS, again=again) == ["opened"]
    assert [finding.rule for finding in watcher.store.findings().values()] == ["MGP-205"]


@pytest.mark.parametrize(("status", "left"), [("pass", "resolved"), ("unknown", "resolved")])
def test_what_was_resolved_reopens_by_two_readings_alone(watcher: Watcher, status: str, left: str) -> None:
    watcher.sees(of_pair("fail"), again=scan(of_pair("fail")))
    watcher.sees(of_pair("pass"), at=1)

    assert watcher.sees(of_pair("fail"), at=2, again=scan(of_pair(status))) == []
    assert watcher.states() == [left]
    assert watcher.sees(of_pair("fail"), at=3, again=scan(of_pair("fail"))) == ["reopened"]


@pytest.mark.parametrize(("again", "left"), [("pass", []), ("unknown", ["pending"])])
def test_what_settled_and_passes_when_it_is_read_again_starts_anew(
    watcher: Watcher, again: str, left: list[str]
) -> None:
    failing = of_pair("fail", rule_id="MGP-404")
    watcher.sees(failing)

    assert watcher.sees(failing, at=60, again=scan(of_pair(again, rule_id="MGP-404"))) == []
    assert watcher.states() == left


def test_all_that_is_doubtful_is_read_once_more_together(watcher: Watcher) -> None:
    pairs = [of_pair("fail") | {"subject": of_pair("fail")["subject"] | {"id": f"p-{number}"}} for number in range(3)]
    readings = []

    def reread() -> Json:
        readings.append(1)
        return scan(*pairs)

    told = watcher.register.observe(scan(*pairs), SNAPSHOT, START, reread)

    assert (len(told), len(readings)) == (3, 1)


def test_a_second_reading_that_fails_changes_nothing(watcher: Watcher) -> None:
    def lost() -> Json:
        raise EngineError("the engine is gone")

    with pytest.raises(EngineError):
        watcher.register.observe(scan(of_pair("fail"), FAILS), SNAPSHOT, START, lost)
    assert watcher.states() == []
    assert watcher.sees(FAILS) == ["opened"]


@pytest.mark.parametrize(
    ("marked", "why"),
    [
        (FAILS | {"waived_by": "w-1"}, "waived by w-1"),
        (
            FAILS | {"caused_by": [{"rule": "MGP-301", "cluster": "dc1", "kind": "cluster", "id": "dc1"}]},
            "the consequence of MGP-301 in dc1",
        ),
    ],
)
def test_marks_that_come_and_go_are_told_with_the_reason(watcher: Watcher, marked: Json, why: str) -> None:
    told = [watcher.sees(marked), watcher.sees(FAILS, at=1), watcher.sees(marked, at=2)]

    assert told == [["opened"], ["unmuted"], ["muted"]]
    events = outbox(watcher.path)
    assert [event["message"] for event in events][1:] == [
        "it is neither waived nor the consequence of another failure any more",
        why,
    ]
    assert [fault(event, "event") for event in events] == [None] * 3


CAUSED = result("MGP-406", "fail", "peering-1", kind="peering", cluster="dc2", peer="dc1")
EXPLAINED = CAUSED | {"caused_by": [{"rule": "MGP-205", "cluster": "dc1", "kind": "gateway", "id": "mesh-gateway"}]}
UNKNOWN = result("MGP-205", "unknown")
BLIND: Json = {"dc1": {"gateways": "error"}}


def test_a_cause_that_nobody_could_judge_explains_what_it_explained(watcher: Watcher) -> None:
    told = [watcher.sees(FAILS, EXPLAINED)]
    told += [watcher.sees(UNKNOWN, CAUSED, at=15, sections=BLIND), watcher.sees(CAUSED, at=30, sections=BLIND)]
    told += [watcher.sees(FAILS, EXPLAINED, at=45), watcher.sees(PASSES, CAUSED, at=60)]

    assert told == [["opened", "opened"], [], [], [], ["resolved", "unmuted"]]


def test_what_opens_while_its_cause_cannot_be_judged_opens_as_its_consequence(watcher: Watcher) -> None:
    watcher.sees(FAILS)

    assert watcher.sees(UNKNOWN, CAUSED, at=15, sections=BLIND) == ["opened"]
    assert [event["finding"]["caused_by"] for event in outbox(watcher.path)] == [[], EXPLAINED["caused_by"]]


@pytest.mark.parametrize("cause", [PASSES, UNKNOWN, result("MGP-205", "unknown", "another-gateway")])
def test_a_cause_that_does_not_stand_explains_nothing_that_it_is_unclear_about(watcher: Watcher, cause: Json) -> None:
    watcher.sees(PASSES)

    assert watcher.sees(cause, CAUSED, at=15, sections=BLIND) == ["opened"]
    assert [event["finding"]["caused_by"] for event in outbox(watcher.path)] == [[]]


def test_a_rule_that_is_not_in_the_catalogue_is_told_at_once(watcher: Watcher) -> None:
    assert watcher.sees(result("MGP-801", "fail", "w-1", kind="waiver", cluster="")) == ["opened"]


def without_dc1(*told: Json) -> Json:
    """The results document of a scan of dc2 alone."""
    left = scan(*told)
    del left["clusters"]["dc1"]
    return left


GONE_FROM_CONFIG = "it is not looked at any more: its rule or a cluster left the config file, or collect.acl is false"


def told_by(watcher: Watcher, results: Json, at: float) -> list[str]:
    return [each.event for each in watcher.register.observe(results, SNAPSHOT, after(at), never)]


def test_a_cluster_that_left_the_config_withdraws_its_findings_until_it_is_put_back(watcher: Watcher) -> None:
    watcher.sees(FAILS)

    told = [told_by(watcher, without_dc1(), 1), told_by(watcher, without_dc1(), 2)]
    assert (told, watcher.states()) == ([["resolved"], []], ["withdrawn"])
    last = outbox(watcher.path)[-1]
    assert (last["type"], last["message"], last["finding"]["state"]) == (
        "finding.resolved",
        GONE_FROM_CONFIG,
        "withdrawn",
    )
    assert last["finding"]["resolved_at"] == "2026-11-22T09:00:01.000+00:00"
    assert fault(last, "event") is None

    assert watcher.sees(FAILS, at=3) == ["reopened"]
    assert watcher.sees(PASSES, at=4) == ["resolved"]


def test_acls_that_are_not_to_be_read_any_more_withdraw_what_was_found_in_them(watcher: Watcher) -> None:
    needing = rule("MGP-205", needs=("gateways", "acl"))
    watcher.register = Register(watcher.store, [needing, *RULES[1:]], 90 * DAY)
    watcher.sees(FAILS)

    told = told_by(watcher, scan(sections={"dc1": {"acl": "off"}}), 1)
    assert (told, watcher.states(), outbox(watcher.path)[-1]["message"]) == (
        ["resolved"],
        ["withdrawn"],
        GONE_FROM_CONFIG,
    )


def test_a_rule_that_left_the_config_withdraws_its_findings(watcher: Watcher) -> None:
    watcher.sees(FAILS, SETTLING)
    watcher.register = Register(watcher.store, [each for each in RULES if each.id != "MGP-205"], 90 * DAY)

    assert watcher.sees(SETTLING, at=1) == ["resolved"]
    assert sorted(watcher.states()) == ["pending", "withdrawn"]
    watcher.register = Register(watcher.store, [each for each in RULES if each.id != "MGP-204"], 90 * DAY)
    assert watcher.sees(PASSES, at=2) == []
    assert watcher.states() == ["resolved"]


def test_one_end_of_a_pair_that_left_withdraws_what_the_other_end_cannot_tell(watcher: Watcher) -> None:
    watcher.sees(of_pair("fail"), again=scan(of_pair("fail")))

    assert told_by(watcher, without_dc1(of_pair("unknown", peer=None)), 1) == ["resolved"]
    assert watcher.states() == ["withdrawn"]
    assert watcher.sees(of_pair("fail"), at=2, again=scan(of_pair("fail"))) == ["reopened"]


def test_a_withdrawn_finding_ends_with_its_age(watcher: Watcher) -> None:
    watcher.sees(FAILS)
    told_by(watcher, without_dc1(), 1)

    told_by(watcher, without_dc1(), 89 * 86400)
    assert watcher.states() == ["withdrawn"]
    told_by(watcher, without_dc1(), 91 * 86400)
    assert watcher.states() == []


def test_a_narrowed_scan_withdraws_and_resolves_nothing(watcher: Watcher) -> None:
    watcher.sees(FAILS)

    assert told_by(watcher, without_dc1() | {"filter": {"rules": [], "clusters": ["dc2"], "severity": None}}, 1) == []
    assert watcher.states() == ["open"]


def test_a_file_that_was_replaced_counts_from_the_next_scan_on(watcher: Watcher, tmp_path: Path) -> None:
    watcher.sees(FAILS)
    watcher.path.rename(tmp_path / "moved.db")

    with pytest.raises(StoreError, match="is not the file that it was"):
        watcher.sees(PASSES, at=1)

    assert watcher.sees(FAILS, at=2) == ["opened"]


def test_that_a_file_was_replaced_may_be_told_to_somebody_else(watcher: Watcher, tmp_path: Path) -> None:
    watcher.sees(FAILS)
    watcher.path.rename(tmp_path / "moved.db")
    reader = Recollection(watcher.store.database)
    with pytest.raises(StoreError, match="is not the file that it was"):
        reader.findings(Wanted(), None, 1)

    assert watcher.sees(FAILS, at=2) == ["opened"]
    assert len(reader.findings(Wanted(), None, 1)) == 1


def test_names_that_no_database_takes_as_text_are_kept_as_they_are(watcher: Watcher) -> None:
    name = "gw\ud800\x00\x1b[2J'; DROP TABLE findings; --"
    hostile = result("MGP-205", "fail", name, message=name, waived_by=name)

    assert watcher.sees(hostile) == ["opened"]
    watcher.starts_anew()
    (found,) = watcher.store.findings().values()
    assert (found.subject.id, found.message, found.waived_by) == (name, name, name)
    assert watcher.sees(hostile, at=1) == []


def test_without_a_file_findings_last_as_long_as_the_process() -> None:
    store = SqliteStore(None)
    register = Register(store, RULES, 90 * DAY)

    told = [register.observe(scan(each), SNAPSHOT, START, never) for each in (FAILS, FAILS, PASSES)]

    assert [[each.event for each in transitions] for transitions in told] == [["opened"], [], ["resolved"]]
    store.close()


class FailingStore(SqliteStore):
    """Refuses to write as often as it is told to."""

    refusals = 0

    def record(self, record: object) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StoreError("Store x cannot be used: the disk is full")
        super().record(record)  # type: ignore[arg-type]


def test_what_could_not_be_written_is_told_by_the_next_scan() -> None:
    store = FailingStore(None)
    register = Register(store, RULES, 90 * DAY)
    store.refusals = 1

    with pytest.raises(StoreError):
        register.observe(scan(FAILS), SNAPSHOT, START, never)

    assert [each.event for each in register.observe(scan(FAILS), SNAPSHOT, after(1), never)] == ["opened"]
    store.close()


class CountingStore(SqliteStore):
    """Counts how often it was asked to drop what is old."""

    prunings = 0

    def prune(self, before: datetime) -> bool:
        self.prunings += 1
        return super().prune(before)


def test_what_is_old_is_looked_for_once_a_minute_and_when_the_clock_was_set_back() -> None:
    store = CountingStore(None)
    register = Register(store, RULES, 90 * DAY)
    counts = []
    for second in (0, 1, 59, 60, 61, 30, 31):
        register.observe(scan(FAILS), SNAPSHOT, after(second), never)
        counts.append(store.prunings)
    store.close()

    assert counts == [1, 1, 1, 2, 2, 3, 3]
