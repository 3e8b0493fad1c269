"""`consul-scan serve` on a playground, as a process of its own: with a store, the Envoys and the probe."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from prometheus_client.parser import text_string_to_metric_families

from scanner.model.document import Json
from tests.playground import Playground, wait_until
from tests.playground.cluster import Cluster
from tests.playground.ports import PortBlock
from tests.playground.processes import Process
from tests.scanning import PARAMETERS

COMMAND = Path(sys.executable).with_name("consul-scan")


class Service:
    """A daemon that runs. `url` is where it serves, `log` what it said, `pid` its process."""

    def __init__(self, config: Path, listen: str, *options: str) -> None:
        """Start it; it is not ready yet."""
        self.config, self.url, self.log = config, f"http://{listen}", config.with_name("serve.log")
        self._process = Process(
            [str(COMMAND), "serve", "--config", str(config), "--listen", listen, *options], self.log
        )

    @property
    def pid(self) -> int:
        """Give the process id."""
        return self._process.pid

    def check_running(self) -> None:
        """Raise ProcessEndedError where it has ended."""
        self._process.check_running()

    def stop(self, seconds: float) -> int:
        """Have it stop; give its exit status. Raises subprocess.TimeoutExpired after so many seconds."""
        return self._process.stop(seconds)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def metrics(self) -> str:
        """Give its metrics as text. Raises requests.RequestException where it does not answer."""
        return requests.get(f"{self.url}/metrics", timeout=5).text

    def value(self, name: str, **labels: str) -> float:
        """Give the sum of the samples of that name which have these labels."""
        samples = (sample for family in text_string_to_metric_families(self.metrics()) for sample in family.samples)
        return sum(one.value for one in samples if one.name == name and labels.items() <= one.labels.items())

    def scans(self) -> float:
        """Give how many scans gave results."""
        return self.value("consul_scan_attempts_total", outcome="success")

    def history(self) -> list[Json]:
        """Give all findings that the store knows, pending ones among them."""
        argv = [str(COMMAND), "history", "list", "--config", str(self.config), "--format", "json"]
        found: list[Json] = json.loads(subprocess.run(argv, check=True, capture_output=True).stdout)["findings"]
        return found


@contextmanager
def serving(playground: Playground, folder: Path, interval_s: float, *options: str) -> Iterator[Service]:
    """Serve the clusters of a playground; yields when the first scan is over."""
    with PortBlock() as ports:
        listen = f"127.0.0.1:{ports.take()}"
        service = Service(configured(playground, folder), listen, "--interval", f"{interval_s:g}", *options)
        try:
            ready = f"{service.url}/-/ready"
            wait_until("serve is ready", lambda: requests.get(ready, timeout=5).status_code, lambda seen: seen == 200)
            yield service
        finally:
            service.kill()


def configured(playground: Playground, folder: Path) -> Path:
    """Write a config file with a store for the clusters of a playground."""
    clusters = {name: _entry(cluster) for name, cluster in playground.clusters.items()}
    document = {"clusters": clusters, "parameters": PARAMETERS, "store": {"path": "findings.db"}}
    (folder / "consul-scan.yaml").write_text(json.dumps(document))
    return folder / "consul-scan.yaml"


def _entry(cluster: Cluster) -> Json:
    admins = {gateway.id: gateway.admin_address for gateway in cluster.gateways}
    gateway = {"service": cluster.spec.gateway_service, "envoy_admin": admins, "token": {"policy": "gateway"}}
    return {
        "address": cluster.address,
        "token_file": str(cluster.scanner_token_file),
        "gateways": [gateway],
        "probe": True,
    }
