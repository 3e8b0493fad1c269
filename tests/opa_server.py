"""A real OPA server on loopback, for as long as a `with` lasts."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import requests

from tests.playground.ports import LOOPBACK, PortBlock
from tests.playground.processes import Process
from tests.playground.waiting import wait_until
from tests.tools.cache import tool

OPA = "opa-1.22.2"


@contextmanager
def opa_server(policies: Path, directory: Path, *options: str) -> Iterator[str]:
    """Serve the policies of a folder or bundle; yields the address. Logs go into `directory`."""
    with PortBlock() as ports:
        url = f"http://{LOOPBACK}:{ports.take()}"
        with opa_at(url, directory, "--bundle", str(policies), *options):
            wait_until("OPA serves", lambda: requests.get(f"{url}/health", timeout=1).status_code, lambda s: s == 200)
            yield url


@contextmanager
def opa_at(url: str, directory: Path, *options: str) -> Iterator[Process]:
    """Run an OPA server at an address (http, https, unix) until the end of the `with`; yields once somebody listens."""
    argv = [str(tool(OPA)), "run", "--server", "--addr", url, "--disable-telemetry", *options]
    process = Process(argv, directory / "opa.log")
    try:
        wait_until("OPA listens", lambda: _connected(url), lambda connected: connected)
        yield process
    finally:
        process.kill()


def _connected(url: str) -> bool:
    parts = urlsplit(url)
    family, address = (
        (socket.AF_UNIX, parts.path) if parts.scheme == "unix" else (socket.AF_INET, (LOOPBACK, parts.port))
    )
    with socket.socket(family) as probe:
        return probe.connect_ex(address) == 0


def opa(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the `opa` program."""
    return subprocess.run([tool(OPA), *arguments], input=stdin, capture_output=True, text=True, check=False)
