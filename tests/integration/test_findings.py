"""Findings on real clusters: they outlive the daemon, and what is no failure for long opens none."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from scanner.model.document import Json
from tests.playground import CONSUL, ClusterSpec, Playground, broken, pair_spec, wait_until
from tests.playground.churn import change_leader, restart_gateways, rotate_roots
from tests.playground.ports import PortBlock

COMMAND = Path(sys.executable).with_name("consul-scan")


def configured(playground: Playground, folder: Path) -> Path:
    """Write a config file with a store, for the clusters of a playground."""
    lines = ["parameters: {MGP-207: {allow_loopback: true}}", "store: {path: findings.db}", "clusters:"]
    for name, cluster in playground.clusters.items():
        lines.append(f"  {name}: {{address: '{cluster.address}', token_file: {cluster.scanner_token_file}}}")
    (folder / "c.yaml").write_text("\n".join(lines) + "\n")
    return folder / "c.yaml"


@contextmanager
def serving(config: Path, log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve every second; yields the address and the process once it has scanned."""
    with PortBlock() as ports, log.open("ab") as out:
        listen = f"127.0.0.1:{ports.take()}"
        argv = [str(COMMAND), "serve", "-c", str(config), "--listen", listen, "--interval", "1"]
        process = subprocess.Popen(argv, stdout=out, stderr=subprocess.STDOUT)
        try:
            url = f"http://{listen}/-/ready"
            wait_until("it is ready", lambda: requests.get(url, timeout=1).status_code, lambda seen: seen == 200)
            yield f"http://{listen}", process
        finally:
            process.kill()
            process.wait()


def history(config: Path, *arguments: str) -> Json:
    """Return what `consul-scan history` says as JSON."""
    argv = [str(COMMAND), "history", *arguments, "--config", str(config), "--format", "json"]
    told: Json = json.loads(subprocess.run(argv, check=True, capture_output=True).stdout)
    return told


def entry(config: Path) -> list[tuple[str, str]]:
    """Return cluster and state of the findings about mesh entries."""
    listed = history(config, "list", "--rule", "MGP-301")["findings"]
    return [(found["subject"]["cluster"], found["state"]) for found in listed]


def test_a_finding_outlives_a_daemon_that_was_killed(healthy_pair: Playground, tmp_path: Path) -> None:
    config, log = configured(healthy_pair, tmp_path), tmp_path / "log"
    with broken(healthy_pair, "entry-missing-dialing"):
        with serving(config, log) as (_, process):
            wait_until("it is open", lambda: entry(config), lambda seen: seen == [("dc2", "open")])
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert entry(config) == [("dc2", "open")]
        with serving(config, log):
            scanned = history(config, "list", "--rule", "MGP-301")["findings"][0]["last_failed_at"]
            wait_until(
                "it was scanned again",
                lambda: history(config, "list", "--rule", "MGP-301")["findings"][0]["last_failed_at"],
                lambda seen: seen > scanned,
            )
    with serving(config, log):
        wait_until("it is resolved", lambda: entry(config), lambda seen: seen == [("dc2", "resolved")])

    (found,) = history(config, "list", "--rule", "MGP-301")["findings"]
    told = history(config, "show", found["fingerprint"])["transitions"]
    assert [each["event"] for each in told] == ["opened", "resolved"]
    kept = subprocess.run(
        [str(COMMAND), "history", "snapshot", told[0]["scan"]["snapshot"], "--config", str(config)],
        check=True,
        capture_output=True,
    ).stdout
    (tmp_path / "then.json").write_bytes(kept)
    again = subprocess.run(
        [str(COMMAND), "audit", "--config", str(config), "--snapshot", str(tmp_path / "then.json"), "--format", "json"],
        check=False,
        capture_output=True,
    )
    judged = json.loads(again.stdout)
    assert judged["scan"]["hashes"] == {key: told[0]["scan"][key] for key in ("snapshot", "policies", "results")}
    assert healthy_pair.clusters["dc1"].scanner_token.encode() not in (tmp_path / "findings.db").read_bytes()


def test_healthy_churn_opens_nothing(playgrounds: type[Playground], tmp_path: Path) -> None:
    three = ClusterSpec("dc1", servers=(CONSUL,) * 3, on_disk=True, gateways=2)
    with playgrounds(pair_spec(acceptor=three)) as playground:
        playground.await_healthy()
        config = configured(playground, tmp_path)
        with serving(config, tmp_path / "log") as (url, _):
            started = attempts(url)
            for churn in (restart_gateways, change_leader, rotate_roots):
                churn(playground.clusters["dc1"])
                playground.await_healthy()
                at = attempts(url)
                wait_until("some scans have seen it", lambda: attempts(url), lambda seen, at=at: seen > at + 3)  # type: ignore[misc]
            assert attempts(url) > started + 9
    found = history(config, "list")["findings"]
    assert [(each["rule"], each["message"]) for each in found if each["state"] != "pending"] == []


def attempts(url: str) -> int:
    """Return how often the daemon scanned."""
    text = requests.get(f"{url}/metrics", timeout=2).text
    return int(float(text.partition('consul_scan_attempts_total{outcome="success"} ')[2].split()[0]))
