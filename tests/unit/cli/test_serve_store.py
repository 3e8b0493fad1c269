"""`consul-scan serve` with a store, as whole processes: one writes it, a second is refused until the first ends."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from scanner.cli.main import exit_code
from scanner.findings.store import SqliteStore
from tests.playground import wait_until
from tests.unit.test_daemon_process import free_port

COMMAND = Path(sys.executable).with_name("consul-scan")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A cluster that is gone: MGP-701 and the like are unknown, and nothing is told."""
    path = tmp_path / "consul-scan.yaml"
    path.write_text("clusters: {dc1: {address: 'http://127.0.0.1:1'}}\nstore: {path: findings.db}\n")
    return path


@contextmanager
def serving(config: Path) -> Iterator[subprocess.Popen[bytes]]:
    port = free_port()
    argv = [str(COMMAND), "serve", "-c", str(config), "--listen", f"127.0.0.1:{port}", "--interval", "1"]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
    try:
        wait_until("it is ready", lambda: status(f"http://127.0.0.1:{port}/-/ready"), lambda seen: seen == 200)
        yield process
    finally:
        process.kill()
        process.wait()


def status(url: str) -> int:
    try:
        return httpx.get(url, trust_env=False).status_code
    except httpx.TransportError:
        return 0


def test_one_daemon_writes_a_store(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(config) as first:
        second = subprocess.run(
            [str(COMMAND), "serve", "-c", str(config), "--listen", f"127.0.0.1:{free_port()}"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert second.returncode == 2
        assert f"findings.db is in use by another consul-scan, process {first.pid}" in second.stderr
        assert "  -> One daemon writes a store: stop the other one" in second.stderr
        assert exit_code(["history", "list", "--config", str(config), "--format", "json"]) == 0
        assert json.loads(capsys.readouterr().out)["findings"] == []

        first.send_signal(signal.SIGTERM)
        assert first.wait(10) == 0
    SqliteStore(config.with_name("findings.db")).close()


def test_who_serves_without_a_store_does_not_pay_for_one() -> None:
    program = "import sys, scanner.cli.serve; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert "scanner.findings.settings" in loaded
    assert "sqlalchemy" not in loaded
