"""A real OPA server on loopback, for as long as a `with` lasts."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.playground.ports import LOOPBACK, PortBlock
from tests.playground.processes import Process
from tests.playground.waiting import wait_until
from tests.tools.cache import tool

OPA = "opa-1.22.2"


@contextmanager
def opa_server(policies: Path, directory: Path) -> Iterator[str]:
    """Serve the policies of a folder; yields the address. Logs go into `directory`."""
    with PortBlock() as ports:
        url = f"http://{LOOPBACK}:{ports.take()}"
        argv = [str(tool(OPA)), "run", "--server", "--addr", url, "--disable-telemetry", "--bundle", str(policies)]
        process = Process(argv, directory / "opa.log")
        try:
            wait_until("OPA serves", lambda: requests.get(f"{url}/health", timeout=1).status_code, lambda s: s == 200)
            yield url
        finally:
            process.kill()


def opa(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the `opa` program."""
    return subprocess.run([tool(OPA), *arguments], input=stdin, capture_output=True, text=True, check=False)
