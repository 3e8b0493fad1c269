"""`make soak`: whether `serve` grows while much changes for long. SOAK_SECONDS says how long, half an hour without.

Two real clusters and a daemon with a store. Round after round an entry breaks and is mended, so that a finding opens
and resolves; metrics and API are read. Now and then a gateway restarts, a token's file is written anew, the config is
reloaded. A sample is taken after each round: memory of the daemon and its engine, threads, sockets, open files.
"""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from bench.audit import children, resident_mb
from bench.growth import Sample, grown
from tests.e2e.service import Service, serving
from tests.playground import Playground, pair_spec, wait_until
from tests.playground.cluster import Cluster
from tests.playground.startup import MESH_ENTRY

SECONDS = float(os.environ.get("SOAK_SECONDS", "1800"))
INTERVAL_S = 4
RESTART_EVERY = 10
RELOAD_EVERY = 5
"""Rounds. Consul counts a blocking query that was cut for up to two minutes more, of 200 connections that it allows."""
READ = ("/metrics", "/", "/api/v1/results", "/api/v1/findings", "/api/v1/history", "/-/ready")


def main() -> int:
    """Print the samples and what they say; exit code 1 where something grows."""
    samples: list[Sample] = []
    with soaked() as (playground, service):
        ends, rounds = time.monotonic() + SECONDS, 0
        while time.monotonic() < ends:
            rounds += 1
            one_round(playground, service, rounds)
            samples.append(sample(service.pid))
            print(f"{rounds:5} {samples[-1]}", flush=True)
        scans = service.scans()
    found = grown(samples)
    print(f"{rounds} rounds, {scans:g} scans; first {samples[0]}, last {samples[-1]}")
    print("\n".join(found) or "nothing grew")
    return 1 if found else 0


@contextmanager
def soaked() -> Iterator[tuple[Playground, Service]]:
    """Yield two peered clusters, and the daemon that follows them."""
    with (
        tempfile.TemporaryDirectory(prefix="consul-scan-soak-") as folder,
        Playground(pair_spec()) as playground,
        serving(playground, Path(folder), INTERVAL_S) as service,
    ):
        yield playground, service


def one_round(playground: Playground, service: Service, number: int) -> None:
    """Let everything change once; come back when the daemon has seen it."""
    service.check_running()
    cluster = playground.clusters["dc2"]
    cluster.delete_mesh_entry()
    wait_until("the finding opens", lambda: entries_missing(service) == 1)
    cluster.write_mesh_entry(MESH_ENTRY)
    wait_until("it is resolved", lambda: entries_missing(service) == 0)
    if number % RELOAD_EVERY == 0:
        rewrite_token(cluster)
        reload(service)
    for path in READ:
        requests.get(f"{service.url}{path}", timeout=5).raise_for_status()
    if number % RESTART_EVERY == 0:
        playground.clusters["dc1"].gateways[0].restart()


def entries_missing(service: Service) -> float:
    """Return how many findings say that an entry is missing."""
    return service.value("consul_compliance_open_findings", rule="MGP-301")


def rewrite_token(cluster: Cluster) -> None:
    """Write the scanner's token anew, as one who rotates it does."""
    file = cluster.scanner_token_file
    new = file.with_suffix(".new")
    new.write_bytes(file.read_bytes())
    new.replace(file)


def reload(service: Service) -> None:
    """Have the config read anew, and wait until the next scan is over."""
    name = "consul_scan_config_last_reload_success_timestamp_seconds"
    before, scans = service.value(name), service.scans()
    os.kill(service.pid, signal.SIGHUP)
    wait_until("it is reloaded", lambda: service.value(name) > before)
    wait_until("it is scanned by the new config", lambda: service.scans() > scans + 1)


def sample(pid: int) -> Sample:
    """Return how the daemon and its children are now."""
    processes = [pid, *children(pid)]
    links = [link for process in processes for link in opened(process)]
    sockets = sum(link.startswith("socket:") for link in links)
    threads = sum(len(os.listdir(f"/proc/{process}/task")) for process in processes)  # noqa: PTH208 - names, no paths
    return Sample(round(sum(map(resident_mb, processes)), 1), threads, sockets, len(links) - sockets)


def opened(pid: int) -> Iterator[str]:
    """Yield what each open file of a process is."""
    for file in Path(f"/proc/{pid}/fd").iterdir():
        try:
            yield str(file.readlink())
        except FileNotFoundError:
            continue


if __name__ == "__main__":
    sys.exit(main())
