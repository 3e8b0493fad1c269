"""`make bench-engines`: evaluation by each engine and by its rivals, on the same snapshots, in one run, as ratios.

The snapshots are recorded pairs, multiplied; each way gives its verdicts for the same rules. Times are medians.
"""

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
from scanner.evaluate.opa import OpaServer
from scanner.evaluate.policies import load_policies, shipped_policies
from scanner.evaluate.verdicts import RuleSet, verdicts
from scanner.model.document import Json, canonical_bytes
from tests.conformance.multiplied import multiplied
from tests.integration.bundles import written
from tests.opa_server import OPA, opa_server
from tests.policies.cases import base_snapshot
from tests.tools.cache import tool

RUNS = {2: 15, 20: 7, 200: 3}
"""How often each way is measured, by number of clusters."""

# Conftest asks for rules called deny; this one gives it our failures.
ADAPTER = """package adapter

deny contains verdict.message if {
	some verdict in data.compliance.main.verdicts
	verdict.status == "fail"
}
"""

Way = Callable[[], object]


def main() -> int:
    """Print times and ratios. Returns 1 where an aim of issue 6 is missed."""
    policies = load_policies([shipped_policies()])
    rule_set = RuleSet(catalogue(policies), policies)
    missed = []
    with tempfile.TemporaryDirectory() as name, opa_server(written(policies, Path(name)), Path(name)) as url:
        server = OpaServer(url, policies)
        for clusters, runs in RUNS.items():
            document = judged(multiplied(base_snapshot("broken-pair"), clusters // 2, 1))
            with EmbeddedEngine() as warm:
                times = measured(ways(rule_set, document, Path(name), warm, server), runs)
            print_times(clusters, len(rule_set.rules), times)
            missed += missed_aims(clusters, times)
        server.close()
    print("\n".join(missed) or "every aim is reached")
    return 1 if missed else 0


def ways(rule_set: RuleSet, document: Json, folder: Path, warm: EmbeddedEngine, server: OpaServer) -> dict[str, Way]:
    """Return each way to the verdicts by its name."""
    path = folder / "input.json"
    path.write_bytes(canonical_bytes(document | {"catalogue": rule_set.catalogue(rule_set.rules)}))
    (folder / "adapter.rego").write_text(ADAPTER)
    policies = str(shipped_policies())
    evaluating = ["eval", "--strict-builtin-errors", "--format", "json", "--data", policies, "--input", str(path)]
    testing = ["test", "--policy", policies, "--policy", str(folder), "--namespace", "adapter", str(path)]
    return {
        "embedded, cold": lambda: cold(rule_set, document),
        "embedded, warm": lambda: verdicts(warm, rule_set, document),
        "OPA server": lambda: verdicts(server, rule_set, document),
        "opa eval": lambda: run([str(tool(OPA)), *evaluating, "data.compliance.main.verdicts"], 0),
        # Its exit code 1 says that there are failures, as there are.
        "conftest": lambda: run([str(tool("conftest-0.71.1")), *testing], 1),
    }


def cold(rule_set: RuleSet, document: Json) -> None:
    """Start a worker, load, evaluate, stop."""
    with EmbeddedEngine() as engine:
        verdicts(engine, rule_set, document)


def run(command: list[str], status: int) -> None:
    """Run a rival; a status that it should not have ends the benchmark."""
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != status:
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode()[:500]}")


def measured(chosen: dict[str, Way], runs: int) -> dict[str, float]:
    """Return the median seconds of each way, measured in turns after one run that does not count."""
    for way in chosen.values():
        way()
    times: dict[str, list[float]] = {name: [] for name in chosen}
    for _ in range(runs):
        for name, way in chosen.items():
            started = time.monotonic()
            way()
            times[name].append(time.monotonic() - started)
    return {name: statistics.median(found) for name, found in times.items()}


def print_times(clusters: int, rules: int, times: dict[str, float]) -> None:
    """Print a table of one size."""
    print(f"{clusters} clusters, {rules} rules")
    for name, seconds in times.items():
        ratios = ", ".join(
            f"{rival} takes {times[rival] / seconds:5.2f} times that" for rival in ("opa eval", "conftest")
        )
        print(f"  {name:15} {seconds * 1000:9.1f} ms; {ratios}")


def missed_aims(clusters: int, times: dict[str, float]) -> list[str]:
    """Return the aims of issue 6 that were missed at this size."""
    cold_ratio = times["opa eval"] / times["embedded, cold"]
    warm_ratio = times["opa eval"] / times["embedded, warm"]
    aims = {2: {"cold": (cold_ratio, 1.5), "warm": (warm_ratio, 10.0)}, 200: {"cold": (cold_ratio, 1.0)}}
    return [
        f"missed at {clusters} clusters, {name}: {ratio:.2f} times faster than opa eval, not {aim}"
        for name, (ratio, aim) in aims.get(clusters, {}).items()
        if ratio < aim
    ]


if __name__ == "__main__":
    sys.exit(main())
