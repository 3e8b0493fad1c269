"""One watch: what it asks, when it rings, and how it behaves when Consul does not."""

import itertools
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Thread

import pytest
from structlog.testing import capture_logs

from scanner.collect.client import ConsulClient
from scanner.collect.credentials import TokenFile
from scanner.collect.fault import CallError
from scanner.collect.http_transport import HttpTransport
from scanner.collect.transport import RawAnswer, Request
from scanner.collect.watching.bell import Bell
from scanner.collect.watching.places import Place
from scanner.collect.watching.watch import BURST, MARGIN_S, Timing, Watch
from tests.faults import behaviours
from tests.faults.server import FaultServer
from tests.unit.collect.answers import address_of, said, target, told

GATEWAY = Place("gateway gw", "/v1/health/service/gw", (("ns", "apps"),))
GONE = CallError("unreachable", "GET /v1/x: cut off")
Told = RawAnswer | Exception


def at(index: int, value: object = "a") -> RawAnswer:
    return said([{"Value": value}], X_Consul_Index=str(index))


class Script:
    """Answers in this order, and has the watch stopped with the last."""

    anonymous = False

    def __init__(self, *answers: Told) -> None:
        self.requests: list[Request] = []
        self.bell = Bell()
        self.rings: list[dict[str, bool]] = []
        self._answers: Iterator[Told] = iter(answers)
        self._left = len(answers)
        ticking = itertools.count(1000)
        timing = Timing(unix=lambda: 1234.5, steady=lambda: float(next(ticking)), chance=lambda: 0.0, wait_s=120)
        self.watch = Watch("dc1", GATEWAY, lambda: ConsulClient(self), self.bell, timing)

    def run(self) -> "Script":
        self.watch.run()
        return self

    def send(self, request: Request) -> RawAnswer:
        self.rings.append(self.bell.taken())
        self.requests.append(request)
        self._left -= 1
        if not self._left:
            self.watch.stop()
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """Nothing is open."""


def indexes(script: Script) -> list[str | None]:
    return [request.query.get("index") for request in script.requests]


def rung(script: Script) -> Sequence[dict[str, bool]]:
    """Return what was rung after each answer but the last, which comes too late."""
    return script.rings[1:]


def test_it_waits_for_the_index_it_was_told_and_rings_for_what_is_new() -> None:
    script = Script(at(7), at(7), at(9), at(9, "b"), at(9)).run()
    assert indexes(script) == [None, "7", "7", "9", "9"]
    assert rung(script) == [{"dc1": False}, {}, {}, {"dc1": False}]
    first, second = script.requests[:2]
    assert (first.path, first.query) == ("/v1/health/service/gw", {"ns": "apps"})
    assert second.query == {"ns": "apps", "index": "7", "wait": "120s"}
    assert second.patience_s == 120 + 7.5 + MARGIN_S


def test_an_index_that_went_back_starts_over() -> None:
    assert indexes(Script(at(70), at(7), at(7), at(7)).run()) == [None, "70", None, "7"]


def test_an_index_of_0_is_never_waited_for() -> None:
    assert indexes(Script(at(0), at(0), at(0)).run()) == [None, "1", None]


def test_a_fault_is_told_once_and_rings_once_and_so_does_its_end() -> None:
    with capture_logs() as logs:
        script = Script(at(7), GONE, GONE, at(7), at(7)).run()
    assert rung(script) == [{"dc1": False}, {"dc1": True}, {}, {"dc1": True}]
    assert indexes(script) == [None, "7", None, None, "7"]
    assert [entry["event"] for entry in logs] == ["watch fails", "watch answers again"]
    assert (logs[0]["cluster"], logs[0]["watch"], logs[0]["reason"]) == ("dc1", "gateway gw", "GET /v1/x: cut off")


def test_a_bug_ends_no_watch_and_is_told_with_its_place() -> None:
    with capture_logs() as logs:
        script = Script(at(7), PermissionError(13, "Permission denied"), KeyError("x"), at(7), at(7)).run()
    assert rung(script) == [{"dc1": False}, {"dc1": True}, {}, {"dc1": True}]
    assert [entry["event"] for entry in logs] == ["watch fails", "watch answers again"]
    assert logs[0]["reason"] == "PermissionError, which is a bug"
    assert "test_watch.py" in logs[0]["trace"]


def test_its_state_counts_faults_since_the_last_answer() -> None:
    script = Script(at(7), GONE, GONE).run()
    assert (script.watch.state.last_answer_unix, script.watch.state.failures) == (1234.5, 2)
    script = Script(GONE, at(7)).run()
    assert (script.watch.state.last_answer_unix, script.watch.state.failures) == (1234.5, 0)


@pytest.mark.parametrize(
    "answer",
    [
        told(500, "No cluster leader"),
        told(403, "ACL not found"),
        told(200, "<html>"),
        told(200, '[{"half": '),
        RawAnswer(200, {}, b"[]"),
    ],
    ids=["no leader", "no such token", "HTML", "half an answer", "no index"],
)
def test_what_is_no_usable_answer_is_a_fault(answer: RawAnswer) -> None:
    script = Script(at(7), answer).run()
    assert script.watch.state.failures == 1


def test_a_watch_that_is_stopped_rings_no_more() -> None:
    for last in (at(9, "b"), GONE):
        script = Script(at(7), last).run()
        assert script.bell.taken() == {}


def test_a_token_file_that_is_gone_is_a_fault_and_its_return_the_end_of_it(tmp_path: Path) -> None:
    token, bell = tmp_path / "token", Bell()
    with FaultServer(behaviours.json_answer([], X_Consul_Index="7")) as server:
        transport = HttpTransport(target(address=address_of(server), token=TokenFile(token)))
        timing = Timing(chance=lambda: 0.0)
        watch = Watch("dc1", GATEWAY, lambda: ConsulClient(transport), bell, timing)
        thread = Thread(target=watch.run, daemon=True)
        thread.start()
        assert bell.wait(5)
        assert bell.taken() == {"dc1": True}
        token.write_text("secret")
        assert bell.wait(5)
        assert watch.state.failures == 0
        watch.stop()
        thread.join(5)
        transport.close()
    assert not thread.is_alive()


def test_a_server_that_answers_at_once_for_ever_is_not_hammered() -> None:
    with FaultServer(behaviours.json_answer([], X_Consul_Index="7")) as server:
        transport = HttpTransport(target(address=address_of(server)))
        watch = Watch("dc1", GATEWAY, lambda: ConsulClient(transport), Bell(), Timing())
        thread = Thread(target=watch.run, daemon=True)
        started = time.monotonic()
        thread.start()
        time.sleep(1.5)
        watch.stop()
        # What the rate allows by now, however long that sleep was.
        most = BURST + (time.monotonic() - started) + 1
        thread.join(5)
        transport.close()
        assert BURST <= len(server.requests) <= most
