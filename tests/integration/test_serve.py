"""`consul-scan serve` on real clusters: it follows them, outlives one that is gone, and stops when told."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.playground import Playground, broken, wait_until
from tests.playground.path import renew_stream
from tests.playground.ports import PortBlock
from tests.tools.cache import tool
from tests.tools.gate import need_tools

COMMAND = Path(sys.executable).with_name("consul-scan")


@contextmanager
def serving(config: Path, log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve every second, on a port of its own; yields the address and the process."""
    with PortBlock() as ports, log.open("wb") as out:
        listen = f"127.0.0.1:{ports.take()}"
        argv = [str(COMMAND), "serve", "-c", str(config), "--listen", listen, "--interval", "1"]
        process = subprocess.Popen(argv, stdout=out, stderr=subprocess.STDOUT)
        try:
            url = f"http://{listen}"
            wait_until("it is ready", lambda: requests.get(f"{url}/-/ready", timeout=1).status_code, lambda s: s == 200)
            yield url, process
        finally:
            process.kill()
            process.wait()


def configured(playground: Playground, folder: Path, **addresses: str) -> Path:
    """Write a config file for the clusters of a playground, some at other addresses."""
    lines = ["parameters: {MGP-207: {allow_loopback: true}}", "clusters:"]
    for name, cluster in playground.clusters.items():
        address = addresses.get(name, cluster.address)
        lines.append(f"  {name}: {{address: '{address}', token_file: {cluster.scanner_token_file}}}")
    (folder / "c.yaml").write_text("\n".join(lines) + "\n")
    return folder / "c.yaml"


def values(url: str, metric: str) -> dict[tuple[str, ...], float]:
    """Return the samples of a metric by their label values, without the zeros."""
    text = requests.get(f"{url}/metrics", timeout=2).text
    return {
        tuple(sample.labels[name] for name in sorted(sample.labels)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == metric and sample.value
    }


def failures(url: str) -> dict[tuple[str, ...], float]:
    """Return the failures but for info: an entry that a test wrote anew is younger than its peering for ever."""
    found = values(url, "consul_compliance_open_findings")
    return {labels: value for labels, value in found.items() if "info" not in labels}


def test_it_shows_a_failure_while_it_lasts_and_no_longer(healthy_pair: Playground, tmp_path: Path) -> None:
    with serving(configured(healthy_pair, tmp_path), tmp_path / "log") as (url, process):
        assert requests.get(f"{url}/-/healthy", timeout=2).status_code == 200
        assert failures(url) == {}
        assert values(url, "consul_scan_cluster_up") == {("dc1",): 1, ("dc2",): 1}

        with broken(healthy_pair, "entry-missing-dialing"):
            wait_until(
                "the failure is a metric",
                lambda: failures(url),
                lambda seen: seen == {("dc2", "MGP-301", "critical"): 1},
            )
        wait_until("it is gone", lambda: failures(url), lambda seen: not seen)

        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert healthy_pair.clusters["dc1"].scanner_token not in (tmp_path / "log").read_text()


def test_it_outlives_a_cluster_that_is_gone(healthy_pair: Playground, tmp_path: Path) -> None:
    config = configured(healthy_pair, tmp_path, dc2="http://127.0.0.1:1")
    with serving(config, tmp_path / "log") as (url, process):
        assert values(url, "consul_scan_cluster_up") == {("dc1",): 1}
        assert ("dc1", "MGP-101", "pass") in values(url, "consul_compliance_results")
        wait_until(
            "it scanned again",
            lambda: values(url, "consul_scan_attempts_total").get(("success",), 0),
            lambda attempts: attempts > 1,
        )
        assert process.poll() is None


def test_the_samples_of_two_scans_prove_the_path(healthy_pair: Playground, tmp_path: Path) -> None:
    # Other tests take entries away.
    renew_stream(healthy_pair.peerings[0])
    healthy_pair.await_healthy()
    lines = ["clusters:"]
    for name, cluster in healthy_pair.clusters.items():
        admins = {gateway.id: gateway.admin_address for gateway in cluster.gateways}
        gateways = json.dumps([{"service": cluster.spec.gateway_service, "envoy_admin": admins}])
        token = cluster.scanner_token_file
        lines.append(f"  {name}: {{address: '{cluster.address}', token_file: '{token}', gateways: {gateways}}}")
    config = tmp_path / "envoys.yaml"
    config.write_text("\n".join(lines) + "\n")

    with serving(config, tmp_path / "log") as (url, _):
        assert of_path(url) == {"unknown"}
        wait_until("a window is long enough", lambda: of_path(url), lambda seen: seen != {"unknown"}, 90)
        assert of_path(url) == {"pass"}


def of_path(url: str) -> set[str]:
    """Return the statuses that MGP-405 has."""
    return {status for _, rule, status in values(url, "consul_compliance_results") if rule == "MGP-405"} - {
        "not_applicable"
    }


def test_promtool_finds_nothing_in_a_real_scrape(healthy_pair: Playground, tmp_path: Path) -> None:
    need_tools("promtool")
    with serving(configured(healthy_pair, tmp_path), tmp_path / "log") as (url, _):
        text = requests.get(f"{url}/metrics", timeout=2).text

    done = subprocess.run(
        [tool("promtool"), "check", "metrics"], input=text, text=True, capture_output=True, check=False
    )

    assert "consul_compliance_coverage_ratio" in text
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
