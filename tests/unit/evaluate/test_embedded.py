"""The embedded engine: what goes wrong in its worker is told, and the next question is answered all the same."""

import errno
import json
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.errors import EngineError, EngineTimeoutError, EvaluationError, PolicyError
from scanner.evaluate import worker
from scanner.evaluate.embedded import EmbeddedEngine
from scanner.evaluate.frames import receive_frame, send_frame
from scanner.evaluate.policies import Policy

GOOD = [Policy("a.rego", "package a\n\nx := input.n + 1\n")]
ENDLESS = [
    Policy(
        "a.rego",
        "package a\n\nn := numbers.range(1, 100000)\n\nx := count([1 | some i in n; some j in n; i + j == 0])\n",
    )
]
DEADLY = [Policy("a.rego", 'package a\n\nx := strings.count("", "")\n')]


@pytest.fixture
def engine() -> Iterator[EmbeddedEngine]:
    with EmbeddedEngine(timeout_seconds=1.0) as engine:
        yield engine


def process_of(engine: EmbeddedEngine) -> subprocess.Popen[bytes]:
    assert engine._worker is not None  # noqa: SLF001 - there is no other way to see it
    return engine._worker._process  # noqa: SLF001


def test_it_answers_again_and_again(engine: EmbeddedEngine) -> None:
    assert [engine.evaluate("a.x", b'{"n": %d}' % n, GOOD) for n in (1, 2)] == [2, 3]


def test_a_builtin_error_is_an_error_with_its_place(engine: EmbeddedEngine) -> None:
    with pytest.raises(EvaluationError, match=r"(?s)a\.x: --> a\.rego:3:.*expects (numeric|number)"):
        engine.evaluate("a.x", b'{"n": "one"}', GOOD)


def test_an_undefined_answer_is_an_error_and_no_empty_one(engine: EmbeddedEngine) -> None:
    with pytest.raises(EvaluationError, match="undefined"):
        engine.evaluate("a.y", b"{}", GOOD)


def test_a_policy_that_does_not_compile_is_no_error_of_evaluation(engine: EmbeddedEngine) -> None:
    with pytest.raises(PolicyError, match=r"(?s)does not compile.*b\.rego:4"):
        engine.evaluate("a.x", b'{"n": 1}', [*GOOD, Policy("b.rego", "package b\n\nx := {\n")])


def test_a_worker_for_which_there_is_no_process_is_an_error_and_the_next_is_answered(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    process_of(engine).kill()
    with pytest.raises(EngineError):
        engine.evaluate("a.x", b'{"n": 1}', GOOD)
    with monkeypatch.context() as starved:
        starved.setattr(subprocess, "Popen", refuse)
        with pytest.raises(EngineError, match="cannot be started: Resource temporarily unavailable"):
            engine.evaluate("a.x", b'{"n": 1}', GOOD)
    assert engine.evaluate("a.x", b'{"n": 1}', GOOD) == 2


def test_a_rule_that_never_ends_is_cut_off_and_the_next_is_answered(engine: EmbeddedEngine) -> None:
    started = time.monotonic()

    with pytest.raises(EngineTimeoutError, match="longer than 1 s"):
        engine.evaluate("a.x", b"{}", ENDLESS)

    assert time.monotonic() - started < 3
    assert engine.evaluate("a.x", b'{"n": 1}', GOOD) == 2


def test_a_panic_kills_only_the_worker(engine: EmbeddedEngine) -> None:
    with pytest.raises(EngineError, match="died"):
        engine.evaluate("a.x", b"{}", DEADLY)

    assert engine.evaluate("a.x", b'{"n": 1}', GOOD) == 2


def test_the_worker_has_a_bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSUL_HTTP_TOKEN", "secret")

    with EmbeddedEngine() as engine:
        engine.evaluate("a.x", b'{"n": 1}', GOOD)
        found = Path(f"/proc/{process_of(engine).pid}/environ").read_text()

    assert "secret" not in found


def test_it_needs_no_folder_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_get_default_tempdir", nowhere)
    with EmbeddedEngine() as engine:
        assert engine.evaluate("a.x", b'{"n": 1}', GOOD) == 2


def test_it_ends_when_its_parent_is_gone() -> None:
    engine = EmbeddedEngine()
    process = process_of(engine)

    engine.close()

    assert process.poll() is not None


def test_the_worker_serves_until_the_other_side_is_gone() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        policies = b'{"a.rego": "package a\\n\\nx := 1\\n"}'
        send_frame(ours, b'{"query": "a.x", "policies": ' + policies + b', "seconds": 0, "coverage": false}')
        send_frame(ours, b"{}")
        ours.shutdown(socket.SHUT_WR)

        worker.serve(theirs)

        head = b'{"error": null, "compiles": true, "coverage": null}'
        assert receive_frame(ours) == head
        assert json.loads(receive_frame(ours))["result"][0]["expressions"][0]["value"] == 1


def test_a_frame_that_never_comes_is_a_timeout() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):
        receive_frame(ours, time.monotonic() + 0.05)


def test_a_frame_in_pieces_is_whole() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        payload = bytes(range(256)) * 20_000
        sender = threading.Thread(target=send_frame, args=(ours, payload))
        sender.start()

        assert receive_frame(theirs) == payload
        sender.join()
