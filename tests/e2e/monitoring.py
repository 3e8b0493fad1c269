"""Prometheus and Alertmanager with the shipped rules and routes, and somebody who is told: all real, on loopback."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import requests
import yaml

from scanner.model.document import Json
from tests.playground import wait_until
from tests.playground.ports import LOOPBACK, PortBlock
from tests.playground.processes import Process
from tests.tools import tool

DASHBOARDS = Path(__file__).parents[2] / "dashboards"
LONG_TIMES = re.compile(r"^( *(?:for|keep_firing_for|group_interval)): \d+[mh]$", re.MULTILINE)


class Receiver(ThreadingHTTPServer):
    """Takes the webhooks of Alertmanager; `alerts` are what they told, with the `path` that each came to."""

    def __init__(self) -> None:
        """Listen on a free port."""
        super().__init__((LOOPBACK, 0), _Handler)
        self.alerts: list[Json] = []

    def told(self, status: str, **labels: str) -> list[Json]:
        """Give the alerts of that status which have these labels."""
        return [one for one in self.alerts if one["status"] == status and labels.items() <= one["labels"].items()]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.alerts += [alert | {"path": self.path} for alert in body["alerts"]]
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Keep quiet."""


@contextmanager
def monitored(target: str, folder: Path) -> Iterator[Receiver]:
    """Scrape `target` (host:port) each second, raise the shipped alerts, and yield who is told of them."""
    with ExitStack() as running, PortBlock() as ports:
        receiver = running.enter_context(Receiver())
        running.callback(receiver.shutdown)
        Thread(target=receiver.serve_forever, name="receiver", daemon=True).start()
        alertmanager = f"{LOOPBACK}:{ports.take()}"
        running.callback(_alertmanager(alertmanager, receiver.server_port, folder).kill)
        running.callback(_prometheus(f"{LOOPBACK}:{ports.take()}", target, alertmanager, folder).kill)
        yield receiver


def _alertmanager(listen: str, receiver: int, folder: Path) -> Process:
    text = LONG_TIMES.sub(r"\1: 1s", (DASHBOARDS / "alertmanager.yaml").read_text())
    text = text.replace("group_wait: 30s", "group_wait: 0s").replace(f"{LOOPBACK}:9095", f"{LOOPBACK}:{receiver}")
    (folder / "alertmanager.yaml").write_text(text)
    files = [f"--config.file={folder / 'alertmanager.yaml'}", f"--storage.path={folder / 'alertmanager'}"]
    return _started([str(tool("alertmanager")), *files, "--cluster.listen-address="], listen, folder)


def _prometheus(listen: str, target: str, alertmanager: str, folder: Path) -> Process:
    for rules in ("alerts.yaml", "recording.yaml"):
        text = (DASHBOARDS / "prometheus" / rules).read_text()
        (folder / rules).write_text(LONG_TIMES.sub(r"\1: 0s", text))
    config = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": ["alerts.yaml", "recording.yaml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
        "scrape_configs": [{"job_name": "consul-scan", "static_configs": [{"targets": [target]}]}],
    }
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(config))
    files = [f"--config.file={folder / 'prometheus.yaml'}", f"--storage.tsdb.path={folder / 'prometheus'}"]
    return _started([str(tool("prometheus")), *files], listen, folder)


def _started(argv: list[str], listen: str, folder: Path) -> Process:
    process = Process([*argv, f"--web.listen-address={listen}"], folder / f"{Path(argv[0]).name}.log")
    ready = f"http://{listen}/-/ready"
    wait_until(f"{argv[0]} is ready", lambda: requests.get(ready, timeout=2).ok)
    return process
