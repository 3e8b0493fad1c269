"""`make bench`: an audit of two live clusters as a whole process, and its evaluation beside `opa eval`.

The limits are those of the project: 1.5 s and 150 MB for the whole process and its worker together. Evaluation is
compared as a command pays it, from nothing: start of the worker, load, evaluate, against the `opa` command with the
same policies and input; and warm, as the daemon does it.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from scanner.derive.facts import judged
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.embedded import EmbeddedEngine
from scanner.evaluate.policies import load_policies, shipped_policies
from scanner.evaluate.verdicts import RuleSet, verdicts
from scanner.model.document import Json, canonical_bytes
from tests.playground import Playground, pair_spec
from tests.scanning import pair_snapshot
from tests.tools.cache import tool

REPEATS = 9
LIMIT_SECONDS = 1.5
LIMIT_MB = 150
DEMO = Path(__file__).parents[1] / "tests" / "data" / "demo.yaml"


def main() -> int:
    """Print the figures; exit code 1 where a limit is missed."""
    with Playground(pair_spec()) as playground, tempfile.TemporaryDirectory() as folder:
        config = configuration(playground, folder)
        runs = [audited("--config", str(config)) for _ in range(REPEATS)]
        snapshot = pair_snapshot(playground)
    seconds, megabytes = [run[0] for run in runs], max(run[1] for run in runs)
    print("Audit of two live clusters, the whole command")
    print(f"  time    median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s, limit {LIMIT_SECONDS} s")
    print(f"  memory  {megabytes:.0f} MB, worker included, limit {LIMIT_MB} MB")
    print_evaluation(snapshot)
    return 0 if max(seconds) < LIMIT_SECONDS and megabytes < LIMIT_MB else 1


def configuration(playground: Playground, folder: str) -> Path:
    """Write a config file for the clusters of a playground, with what a playground is and Consul does not expect."""
    lines = [DEMO.read_text(), "clusters:"]
    for name, cluster in playground.clusters.items():
        lines.append(f"  {name}: {{address: '{cluster.address}', token_file: '{cluster.scanner_token_file}'}}")
    path = Path(folder) / "consul-scan.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path


def audited(*arguments: str, output: str = os.devnull, status: int = 0) -> tuple[float, float]:
    """Return seconds and peak megabytes, worker included, of one `consul-scan audit` that ends with this status."""
    command = [str(Path(sys.executable).with_name("consul-scan")), "audit", *arguments, "--output", output]
    started = time.monotonic()
    process = subprocess.Popen(command)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(resident_mb(pid) for pid in (process.pid, *children(process.pid))))
        time.sleep(0.01)
    assert process.returncode == status, f"the audit ended with {process.returncode}"
    return time.monotonic() - started, peak


def children(pid: int) -> list[int]:
    """Return the process ids of a process's children."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (OSError, IndexError):
        return 0.0


def print_evaluation(snapshot: Json) -> None:
    """Print the times of evaluation and their ratio to `opa eval`, measured in turns."""
    policies = load_policies([shipped_policies()])
    rule_set = RuleSet(catalogue(policies), policies)
    document = judged(snapshot)
    with tempfile.TemporaryDirectory() as folder, EmbeddedEngine() as warm_engine:
        path = Path(folder) / "input.json"
        path.write_bytes(canonical_bytes(document | {"catalogue": rule_set.catalogue(rule_set.rules)}))
        verdicts(warm_engine, rule_set, document)
        ways: dict[str, Callable[[], object]] = {
            "embedded, cold": lambda: cold(rule_set, document),
            "embedded, warm": lambda: verdicts(warm_engine, rule_set, document),
            "opa eval": lambda: opa_eval(path),
        }
        times = {name: [] for name in ways}  # type: dict[str, list[float]]
        for _ in range(REPEATS):
            for name, way in ways.items():
                times[name].append(timed(way))
    rival = statistics.median(times["opa eval"])
    print(f"Evaluation of the same snapshot by {len(rule_set.rules)} rules")
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"  {name:15} median {median * 1000:6.1f} ms, opa eval takes {rival / median:5.1f} times that")


def cold(rule_set: RuleSet, document: Json) -> None:
    """Start a worker, load, evaluate, stop."""
    with EmbeddedEngine() as engine:
        verdicts(engine, rule_set, document)


def opa_eval(path: Path) -> None:
    """Let the `opa` command do the same."""
    options = ["--strict-builtin-errors", "--format", "json", "--data", str(shipped_policies()), "--input", str(path)]
    command = [str(tool("opa-1.22.2")), "eval", *options, "data.compliance.main.verdicts"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def timed(way: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    started = time.monotonic()
    way()
    return time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main())
