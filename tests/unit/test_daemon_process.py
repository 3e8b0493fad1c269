"""A whole daemon in a process of its own: ready after the first scan, true to the last one, gone when told."""

import atexit
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.playground.ports import NoPortsError, PortBlock

ROOT = Path(__file__).parents[2]
_blocks: list[PortBlock] = []
"""Kept as long as the process lives, with the ports that were given: who has one may bind it at any time."""
_until_the_end = ExitStack()
atexit.register(_until_the_end.close)

PROGRAM = """
import sys, time
import structlog
from scanner.daemon import serve
from scanner.errors import EngineError
from scanner.model.scanned import Scanned
from scanner.log_lines import configure_log
from scanner.model.watching import Watching
from scanner.publish.bind import parse_bind
from scanner.publish.systemd import systemd_of
from scanner.running import Running, Whole
from tests.outlets import outlet
from tests.unit.publish.samples import healthy, unreachable

outcomes = iter(sys.argv[2:])

class Live:
    def scan(self):
        outcome = next(outcomes, "hang")
        if outcome == "hang":
            from concurrent.futures import ThreadPoolExecutor
            ThreadPoolExecutor().submit(time.sleep, 600).result()
        if outcome == "fault":
            raise EngineError("the engine is gone")
        if outcome == "bug":
            raise GeneratorExit("which no scan raises, and nothing catches")
        time.sleep(0.3)
        return Scanned({"healthy": healthy, "unreachable": unreachable}[outcome](), {})

    def wait(self):
        time.sleep(0.2)

    def watching(self):
        return Watching()

    def close(self):
        pass


configure_log()
structlog.configure(processors=[structlog.processors.JSONRenderer()])
live, served = Live(), outlet()
running = Running(lambda: Whole(live, served, object, live.close))
serve(running, bind=parse_bind(sys.argv[1]), systemd=systemd_of())
"""


def free_port() -> int:
    """Give a port that nothing is bound to, and that no outgoing connection takes before somebody binds it."""
    with suppress(IndexError, NoPortsError):
        return _blocks[-1].take()
    _blocks.append(_until_the_end.enter_context(PortBlock()))
    return _blocks[-1].take()


class Daemon:
    """A daemon in a process of its own, whose scans have the outcomes that it was given and then hang."""

    def __init__(self, *outcomes: str) -> None:
        port = free_port()
        command = [sys.executable, "-c", PROGRAM, f"127.0.0.1:{port}", *outcomes]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False)

    def get(self, path: str) -> tuple[int, str]:
        try:
            answer = self._client.get(path)
        except httpx.TransportError:
            return 0, ""
        return answer.status_code, answer.text

    def wait_for(self, path: str, status: int, text: str) -> None:
        deadline = time.monotonic() + 20
        seen = self.get(path)
        while not (seen[0] == status and text in seen[1]):
            assert time.monotonic() < deadline, f"{path} still answers {seen}"
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.02)
            seen = self.get(path)

    def stop(self, number: signal.Signals) -> float:
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(10)
        return time.monotonic() - started

    def close(self) -> None:
        self._client.close()
        self.process.kill()
        self.process.communicate()


@contextmanager
def running(*outcomes: str) -> Iterator[Daemon]:
    daemon = Daemon(*outcomes)
    try:
        yield daemon
    finally:
        daemon.close()


def test_a_whole_life() -> None:
    with running("healthy", "unreachable", "fault", "hang") as daemon:
        daemon.wait_for("/-/ready", 503, "The first scan has not finished yet")
        assert daemon.get("/-/healthy")[0] == 200
        daemon.wait_for("/-/ready", 200, "")
        daemon.wait_for("/metrics", 200, 'consul_scan_cluster_up{consul_cluster="dc2"} 1.0')
        daemon.wait_for("/metrics", 200, 'consul_scan_cluster_up{consul_cluster="dc2"} 0.0')
        daemon.wait_for("/metrics", 200, 'consul_scan_attempts_total{outcome="failure"} 1.0')
        assert 'consul_scan_cluster_up{consul_cluster="dc1"} 1.0' in daemon.get("/metrics")[1]
        assert daemon.get("/-/ready")[0] == 200
        assert daemon.stop(signal.SIGTERM) < 3
        out, err = daemon.process.communicate()
    assert (daemon.process.returncode, err) == (0, "")
    assert '"event": "stopping"' in out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_in_the_middle_of_a_scan_that_hangs(number: signal.Signals) -> None:
    with running("hang") as daemon:
        daemon.wait_for("/-/ready", 503, "The first scan has not finished yet")
        assert daemon.stop(number) < 3
        out, err = daemon.process.communicate()
    assert (daemon.process.returncode, err) == (0, "")
    assert '"scan_cut_off": true' in out


def test_ends_where_scanning_ended_by_itself_with_a_code_that_has_it_started_anew() -> None:
    with running("healthy", "bug") as daemon:
        daemon.wait_for("/-/ready", 200, "")
        assert daemon.process.wait(10) == 3
        out, err = daemon.process.communicate()
    assert '"event": "scanning ended by itself"' in out
    assert "GeneratorExit: which no scan raises, and nothing catches" in err
