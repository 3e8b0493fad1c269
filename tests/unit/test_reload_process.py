"""`consul-scan serve` reads its files anew when it is told: as a whole or not at all, and systemd hears of it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.playground.waiting import wait_until
from tests.unit.test_daemon_process import free_port

COMMAND = Path(sys.executable).with_name("consul-scan")
NOBODY = "http://127.0.0.1:1"
"""Where nothing listens: a cluster that is gone has metrics too."""
WAIVER = "- {id: W-1, rule: MGP-301, cluster: dc1, subject: dc1, owner: o, reason: r, expires: 2099-01-01}\n"


class Service:
    """A `serve` process as systemd starts it, with its files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.heard.bind(str(folder / "notify"))
        self.heard.settimeout(20)
        self.write("c.yaml", config("dc1"))
        self.listen = f"127.0.0.1:{free_port()}"
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [COMMAND, "serve", "-c", folder / "c.yaml", "--listen", self.listen, "--interval", "1"],
                env={**os.environ, "NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "60000000"},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def hear(self, wanted: str) -> list[str]:
        """Hear systemd's datagrams until that one; return what came before it, without signs of life."""
        heard: list[str] = []
        while (line := self.heard.recv(200).decode().partition("\n")[0]) != wanted:
            heard.append(line)
        return [line for line in heard if line != "WATCHDOG=1"]

    def hup(self) -> None:
        self.process.send_signal(signal.SIGHUP)

    def metrics(self) -> str:
        return httpx.get(f"http://{self.listen}/metrics", trust_env=False, timeout=5).text

    def wait_for(self, *wanted: str) -> None:
        wait_until(f"metrics have {wanted}", self.metrics, lambda text: all(line in text for line in wanted), 20)

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.heard.close()


def config(*clusters: str, **further: object) -> str:
    return json.dumps({"clusters": {name: {"address": NOBODY} for name in clusters}, **further})


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    served = Service(tmp_path)
    try:
        assert served.hear("READY=1") == []
        served.wait_for('consul_scan_cluster_up{consul_cluster="dc1"} 0.0')
        yield served
    finally:
        served.close()


def test_a_new_config_counts_after_sighup_and_systemd_hears_of_both_ends(service: Service) -> None:
    service.write("c.yaml", config("dc1", "dc2"))
    service.hup()
    assert service.hear("RELOADING=1") == []
    assert service.hear("READY=1") == []
    service.wait_for(
        'consul_scan_cluster_up{consul_cluster="dc2"} 0.0', "consul_scan_config_last_reload_successful 1.0"
    )
    service.hear("WATCHDOG=1")
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(10) == 0
    assert service.hear("STOPPING=1") == []


def broken_yaml(service: Service) -> None:
    service.write("c.yaml", "clusters: {dc2: {address")


def unknown_rule(service: Service) -> None:
    service.write("c.yaml", config("dc2", rules={"disabled": ["MGP-999"]}))


def no_file(service: Service) -> None:
    (service.folder / "c.yaml").unlink()


def bad_policy(service: Service) -> None:
    (service.folder / "extra").mkdir()
    service.write("extra/bad.rego", "package compliance.rules.bad\n\nviolation contains")
    service.write("c.yaml", config("dc2", policies=["extra"]))


def bad_waivers(service: Service) -> None:
    service.write("w.yaml", WAIVER.replace("2099-01-01", "some day"))
    service.write("c.yaml", config("dc2", waivers="w.yaml"))


def engine_gone(service: Service) -> None:
    service.write("c.yaml", config("dc2", engine={"opa_url": NOBODY}))


def no_token_file(service: Service) -> None:
    service.write("c.yaml", json.dumps({"clusters": {"dc2": {"address": NOBODY, "token_file": "gone.token"}}}))


def no_ca_file(service: Service) -> None:
    tls = {"address": "https://127.0.0.1:1", "tls": {"ca_file": "gone.pem"}}
    service.write("c.yaml", json.dumps({"clusters": {"dc2": tls}}))


def other_store(service: Service) -> None:
    service.write("c.yaml", config("dc2", store={"path": "findings.db"}))


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (broken_yaml, "c.yaml"),
        (unknown_rule, "There is no rule MGP-999"),
        (no_file, "c.yaml"),
        (bad_policy, "bad.rego"),
        (bad_waivers, "w.yaml:1"),
        (engine_gone, "127.0.0.1:1"),
        (no_token_file, "gone.token cannot be read"),
        (no_ca_file, "gone.pem cannot be used"),
        (other_store, "Put the old path back, or start consul-scan anew"),
    ],
)
def test_one_fault_in_any_file_leaves_all_of_the_old(
    service: Service, spoil: Callable[[Service], None], named: str
) -> None:
    spoil(service)
    service.hup()
    service.hear("RELOADING=1")
    service.hear("READY=1")
    service.wait_for("consul_scan_config_last_reload_successful 0.0")
    told = next(line for line in service.log().splitlines() if "config not reloaded" in line)
    assert named in told
    text = service.metrics()
    assert 'consul_scan_cluster_up{consul_cluster="dc1"} 0.0' in text
    assert '"dc2"' not in text, "as a cluster or as a peer"

    service.write("c.yaml", config("dc3"))
    service.hup()
    service.wait_for("consul_scan_config_last_reload_successful 1.0", 'consul_cluster="dc3"')


def test_waivers_come_with_a_reload(service: Service) -> None:
    service.write("w.yaml", WAIVER)
    service.write("c.yaml", config("dc1", waivers="w.yaml"))
    assert 'rule="MGP-802",status="unknown"} 1.0' not in service.metrics()
    service.hup()
    service.wait_for('rule="MGP-802",status="unknown"} 1.0')


def test_reloads_in_quick_succession_leave_the_last_one_and_one_engine(service: Service) -> None:
    for number in range(5):
        service.write("c.yaml", config(f"x{number}"))
        service.hup()
        service.hear("READY=1")
    service.wait_for('consul_scan_cluster_up{consul_cluster="x4"} 0.0')
    wait_until("one worker is left", lambda: workers(service.process.pid), lambda found: found == 1, 20)


def workers(parent: int) -> int:
    """Count the processes whose parent is that one and which judge."""
    return sum(is_worker(process, parent) for process in Path("/proc").glob("[0-9]*"))


def is_worker(process: Path, parent: int) -> bool:
    """Tell what it is; one that has ended since the folder was read is none."""
    try:
        status, command = (process / "status").read_text(), (process / "cmdline").read_bytes()
    except OSError:
        return False
    return f"\nPPid:\t{parent}\n" in status and b"resource_tracker" not in command
