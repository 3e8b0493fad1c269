"""`make bench-load`: 200 scrapes and API reads a second, for a minute, while Consul changes all the time.

Two real agents, whose mesh entries are written with the flag on and off in turn; `serve` with a store in a file. Every
request has its moment, and its time is taken from then on: one that is late because another was slow counts as slow.
`LOAD_SECONDS` makes it shorter. It fails where a request does, where results are older than the loop allows, and where
memory grows.
"""

import http.client
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlsplit

from bench.audit import resident_mb
from bench.watch import register_gateway, seconds_used, serving
from tests.playground import ClusterSpec, Playground, PlaygroundSpec
from tests.playground.cluster import Cluster

SECONDS = float(os.environ.get("LOAD_SECONDS", "60"))
A_SECOND = 200
CALLERS = 8
CHANGE_S = 0.5
WARM_S = 5
OLDEST_S = 2.0
"""Results that are served while something changes each half second: the loop scans twice a second at most."""
GROWTH_MB = 10.0

PATHS = (
    "/metrics",
    "/api/v1/findings",
    "/api/v1/results",
    "/api/v1/results?status=fail",
    "/api/v1/history?limit=50",
    "/metrics",
    "/api/v1/findings?state=open&severity=critical",
    "/api/v1/results?cluster=dc1&limit=20",
    "/api/v1/rules",
    "/-/ready",
)


@dataclass
class Seen:
    """What came of the requests: seconds each took, what failed, and how old results were (seconds)."""

    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    ages: list[float] = field(default_factory=list)


def main() -> int:
    """Print the figures; exit code 1 where one is beyond its limit."""
    seen, memory, used = loaded(SECONDS)
    took = sorted(1000 * one for one in seen.seconds)
    growth = statistics.median(memory[-(len(memory) // 4) :]) - statistics.median(memory[: len(memory) // 4])
    print(f"{len(took)} requests in {SECONDS:g} s, {len(seen.failed)} failed")
    p99, most = took[int(len(took) * 0.99)], took[-1]
    print(f"  time     median {statistics.median(took):.1f} ms, p99 {p99:.1f} ms, most {most:.1f} ms")
    print(f"  results  at most {max(seen.ages):.2f} s old, limit {OLDEST_S:g} s")
    print(f"  memory   {memory[-1]:.0f} MB, grew by {growth:.1f} MB, limit {GROWTH_MB:g} MB")
    print(f"  used     {used:.0f} % of a core, the engine's worker included")
    print("\n".join(sorted(set(seen.failed))))
    return 1 if seen.failed or max(seen.ages) > OLDEST_S or growth > GROWTH_MB else 0


def loaded(seconds: float) -> tuple[Seen, list[float], float]:
    """Return what was seen under load, resident MB each fifth of a second, and the percentage of a core."""
    spec = PlaygroundSpec(tuple(ClusterSpec(f"dc{number}", gateways=0) for number in range(2)))
    with Playground(spec) as playground, tempfile.TemporaryDirectory() as folder:
        clusters = list(playground.clusters.values())
        for cluster in clusters:
            register_gateway(cluster)
        named = [{"address": one.address, "token_file": str(one.scanner_token_file)} for one in clusters]
        with serving(named, Path(folder), store={"path": "findings.db"}) as (url, pid), changing(clusters):
            asked(url, WARM_S)
            before, memory = seconds_used(pid), [resident_mb(pid)]
            with sampling(pid, memory):
                seen = asked(url, seconds)
            return seen, memory, 100 * (seconds_used(pid) - before) / seconds


def asked(url: str, seconds: float) -> Seen:
    """Ask from several threads at once, each request at its moment."""
    seen, begin = Seen(), time.monotonic()
    callers = [
        threading.Thread(
            target=ask, args=(url, begin + number / A_SECOND, round(seconds * A_SECOND / CALLERS), number, seen)
        )
        for number in range(CALLERS)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return seen


def ask(url: str, at: float, times: int, first: int, seen: Seen) -> None:
    """Ask so many things one after another on one connection, the first at a moment and the others at their pace."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    for path in islice(cycle(PATHS[first % len(PATHS) :] + PATHS[: first % len(PATHS)]), times):
        time.sleep(max(0.0, at - time.monotonic()))
        note(connection, path, seen)
        seen.seconds.append(time.monotonic() - at)
        at += CALLERS / A_SECOND
    connection.close()


def note(connection: http.client.HTTPConnection, path: str, seen: Seen) -> None:
    """Ask once, and note what is wrong with the answer, or how old it is."""
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        seen.failed.append(f"{path}: {error!r}")
        return
    if answer.status != http.HTTPStatus.OK:
        seen.failed.append(f"{path}: {answer.status}")
    elif path.startswith("/api/v1/results"):
        finished = datetime.fromisoformat(json.loads(content)["scan"]["finished_at"])
        seen.ages.append((datetime.now(UTC) - finished).total_seconds())


@contextmanager
def changing(clusters: list[Cluster]) -> Iterator[None]:
    """Write a mesh entry with the flag on and off, one cluster after the other."""
    over = threading.Event()

    def change() -> None:
        for number, cluster in enumerate(cycle(clusters)):
            if over.wait(CHANGE_S):
                return
            flag = {"PeerThroughMeshGateways": number // len(clusters) % 2 == 0}
            cluster.api("PUT", "/v1/config", {"Kind": "mesh", "Peering": flag})

    with in_background(change, over):
        yield


@contextmanager
def sampling(pid: int, memory: list[float]) -> Iterator[None]:
    """Note how much memory a process has."""
    over = threading.Event()

    def sample() -> None:
        while not over.wait(0.2):
            memory.append(resident_mb(pid))

    with in_background(sample, over):
        yield


@contextmanager
def in_background(work: Callable[[], None], over: threading.Event) -> Iterator[None]:
    """Let a thread work until it is over."""
    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
