"""`consul-scan serve` as a whole process whose log nobody can take any more: it scans on, and ends as it should."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.playground import wait_until
from tests.unit.test_daemon_process import free_port

COMMAND = Path(sys.executable).with_name("consul-scan")


class Served:
    """A daemon whose one cluster is gone, scanning each second."""

    def __init__(self, folder: Path, stdout: int) -> None:
        (folder / "c.yaml").write_text("clusters: {dc1: {address: 'http://127.0.0.1:1'}}\n")
        self._url = f"http://127.0.0.1:{free_port()}/metrics"
        listen = self._url.split("/")[2]
        argv = [str(COMMAND), "serve", "-c", str(folder / "c.yaml"), "--listen", listen, "--interval", "1"]
        self.process = subprocess.Popen(argv, stdout=stdout, stderr=subprocess.STDOUT)

    def attempts(self) -> float:
        """How many scans ended, well or not."""
        try:
            lines = httpx.get(self._url, trust_env=False).text.splitlines()
        except httpx.TransportError:
            return 0
        return sum(float(line.split()[1]) for line in lines if line.startswith("consul_scan_attempts_total{"))

    def scans_on(self) -> None:
        """Wait for three scans more."""
        before = self.attempts()
        wait_until("it scans on", self.attempts, lambda seen: seen >= before + 3)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)


@contextmanager
def served(folder: Path, stdout: int) -> Iterator[Served]:
    daemon = Served(folder, stdout)
    try:
        wait_until("it scans", daemon.attempts)
        yield daemon
    finally:
        daemon.process.kill()
        daemon.process.wait()


def test_the_reader_of_the_log_dies(tmp_path: Path) -> None:
    with served(tmp_path, subprocess.PIPE) as daemon:
        assert daemon.process.stdout is not None
        daemon.process.stdout.close()
        daemon.scans_on()
        assert daemon.stop() == 0


def test_the_disk_of_the_log_is_full(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as disk, served(tmp_path, disk.fileno()) as daemon:
        daemon.scans_on()
        assert daemon.stop() == 0
