"""The scans of a daemon: what is new is judged, what is not is no scan, and the path is sampled all the time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from scanner.collect.watching.bell import Bell
from scanner.errors import EngineError
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.evaluate.verdicts import RuleSet
from scanner.live import LiveScans
from scanner.model.document import Json
from scanner.pipeline import Judgement
from tests.faults.behaviours import json_answer, silence, text
from tests.faults.consul import AUTHORIZE, healthy
from tests.faults.server import FaultServer
from tests.unit.collect.answers import address_of, target

# Answered at once, and always the same: after their first answers the watches wake nobody.
WATCHED = ("/v1/config/mesh", "/v1/config/proxy-defaults", "/v1/health/service/consul")


class Memory:
    """Keeps what it is told to remember, with what another reading showed."""

    def __init__(self, *, is_well: bool = True) -> None:
        self.is_well = is_well
        self.standing = () if is_well else None
        self.kept: list[tuple[Json, Json, Json]] = []
        self.words: list[str] = []

    def __call__(self, results: Json, snapshot: Json, reread: Callable[[], Json]) -> None:
        self.kept.append((results, snapshot, reread()))

    def failed(self, why: str) -> None:
        self.words.append(why)


@contextmanager
def scanning(
    engine: Engine, policies: PolicySet, interval_s: float, memory: Any = None, **but: Any
) -> Iterator[LiveScans]:
    behaviours = healthy() | {path: json_answer([], X_Consul_Index="7") for path in WATCHED} | but
    with FaultServer(text("nothing here", 404), behaviours) as server:
        judge = Judgement(engine, RuleSet(catalogue(policies), policies), "medium")
        live = LiveScans([target(address=address_of(server))], interval_s, judge, memory or Memory())
        try:
            yield live
        finally:
            live.close()


def settled(live: LiveScans) -> None:
    """Scan until the first answers of the watches, which ring, are over."""
    while True:
        live.wait()
        if live.scan() is None:
            return


def test_a_scan_returns_results_and_the_snapshot_that_was_judged(embedded: Engine, policy_set: PolicySet) -> None:
    with scanning(embedded, policy_set, 3600) as live:
        found = live.scan()
        watching = live.watching()
    assert found is not None
    judged = found.results["clusters"]["dc1"]
    assert judged["status"] == "ok"
    assert judged["collection"] == found.snapshot["clusters"]["dc1"]["collection"]
    assert [reading.cluster for reading in watching.clusters] == ["dc1"]


def test_a_poll_in_which_nothing_has_changed_is_no_scan(embedded: Engine, policy_set: PolicySet) -> None:
    with scanning(embedded, policy_set, 8, **{"/v1/peerings": json_answer([])}) as live:
        assert live.scan() is not None
        settled(live)
        assert live.watching().clusters[0].polls >= 2


def test_reading_again_judges_everything_anew(embedded: Engine, policy_set: PolicySet) -> None:
    behaviours = {AUTHORIZE: json_answer([])}
    with scanning(embedded, policy_set, 3600, **behaviours) as live:
        results = live.reread()
    assert results["clusters"]["dc1"]["status"] == "unreachable"
    assert {result["status"] for result in results["results"]} <= {"unknown", "not_applicable"}


@pytest.mark.parametrize("is_well", [True, False])
def test_each_scan_that_was_judged_is_remembered_with_a_way_to_read_again(
    embedded: Engine, policy_set: PolicySet, *, is_well: bool
) -> None:
    memory = Memory(is_well=is_well)
    with scanning(embedded, policy_set, 3600, memory) as live:
        found = live.scan()
        assert live.watching().remembers == is_well
    assert found is not None
    [(results, snapshot, again)] = memory.kept
    assert (results, snapshot, memory.standing) == (found.results, found.snapshot, found.standing)
    assert again["scan"]["id"] != results["scan"]["id"]


def test_a_scan_that_gave_no_results_is_remembered_too(
    embedded: Engine, policy_set: PolicySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise EngineError("the engine is gone")

    memory = Memory()
    with scanning(embedded, policy_set, 3600, memory) as live:
        monkeypatch.setattr(live, "_look", gone)
        with pytest.raises(EngineError):
            live.scan()
    assert (memory.words, memory.kept) == (["the engine is gone"], [])


def test_a_scan_that_broke_off_by_a_bug_is_remembered_as_such(
    embedded: Engine, policy_set: PolicySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def buggy() -> None:
        raise ZeroDivisionError

    memory = Memory()
    with scanning(embedded, policy_set, 3600, memory) as live:
        monkeypatch.setattr(live, "_look", buggy)
        with pytest.raises(ZeroDivisionError):
            live.scan()
    assert memory.words == ["ZeroDivisionError"]


class Ailing:
    """An engine that is gone for its next questions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.faults = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def evaluate(self, *arguments: Any) -> Any:
        if self.faults:
            self.faults -= 1
            raise EngineError("the engine is gone")
        return self._engine.evaluate(*arguments)


def test_what_an_engine_did_not_judge_is_judged_at_the_next_poll(embedded: Engine, policy_set: PolicySet) -> None:
    engine = Ailing(embedded)
    answers = {"/v1/peerings": json_answer([])}
    with scanning(cast("Engine", engine), policy_set, 8, **answers) as live:
        live.scan()
        settled(live)
        engine.faults = 100
        live.scan_all_now()
        first = live.scan()
        assert first is not None
        assert {result["status"] for result in first.results["results"]} == {"error"}
        engine.faults = 0
        live.wait()
        second = live.scan()
        assert second is not None
        assert "error" not in {result["status"] for result in second.results["results"]}
        live.wait()
        assert live.scan() is None


def test_who_asks_for_a_scan_finds_it_in_the_next_one(
    embedded: Engine, policy_set: PolicySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    taken = Bell.taken

    def ask_as_a_scan_begins(bell: Bell) -> dict[str, bool]:
        time.sleep(0.02)
        asked.append(datetime.now(UTC).isoformat(timespec="milliseconds"))
        live.scan_all_now()
        return taken(bell)

    with scanning(embedded, policy_set, 3600, **{"/v1/peerings": json_answer([])}) as live:
        live.scan()
        monkeypatch.setattr(Bell, "taken", ask_as_a_scan_begins)
        found = live.scan()
    assert found is not None
    assert found.results["scan"]["started_at"] >= asked[0]


def test_a_scan_that_its_own_end_cut_off_is_forgotten(embedded: Engine, policy_set: PolicySet) -> None:
    memory = Memory()
    with scanning(embedded, policy_set, 3600, memory, **{AUTHORIZE: silence(5)}) as live:
        threading.Timer(0.3, live.close).start()
        started = time.monotonic()
        assert live.scan() is None
        assert time.monotonic() - started < 4
    assert (memory.words, memory.kept) == ([], [])


def test_an_engine_that_is_gone_as_all_ends_is_no_trouble(
    embedded: Engine, policy_set: PolicySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        live.close()
        raise EngineError("the engine is gone")

    memory = Memory()
    with scanning(embedded, policy_set, 3600, memory) as live:
        monkeypatch.setattr(live, "_look", gone)
        assert live.scan() is None
    assert (memory.words, memory.kept) == ([], [])
