"""`make bench-findings`: what it takes to remember a scan of 50 clusters, about 2,000 results with 200 findings open.

The limit is that of the project: 50 ms for a scan, the file included. Printed beside it is what a scan costs in which
everything changes at once.
"""

import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scanner.findings.register import Register
from scanner.findings.store import SqliteStore
from scanner.model.document import Json, sha256
from scanner.model.rule import Rule
from scanner.model.snapshot import SECTIONS

CLUSTERS, RULES_EACH, FAILING_EACH = 50, 40, 4
REPEATS = 30
LIMIT_SECONDS = 0.050
START = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> int:
    """Print the figures; exit code 1 where the limit is missed."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "findings.db")
        register = Register(store, [rule(number) for number in range(RULES_EACH)], timedelta(days=90))
        opening = observed(register, 0, FAILING_EACH)
        usual = [observed(register, second, FAILING_EACH) for second in range(1, REPEATS)]
        resolving = observed(register, REPEATS, 0)
        store.close()
    median = statistics.median(usual)
    print(f"Remembering {CLUSTERS * RULES_EACH} results, {CLUSTERS * FAILING_EACH} findings open")
    print(f"  a scan as before   median {ms(median)}, worst {ms(max(usual))}, limit {ms(LIMIT_SECONDS)}")
    print(f"  all of them open   {ms(opening)}")
    print(f"  all are resolved   {ms(resolving)}")
    return 0 if median < LIMIT_SECONDS else 1


def observed(register: Register, second: int, failing: int) -> float:
    """Return the seconds that a scan takes to be remembered."""
    results, snapshot = scan(failing), {"clusters": {str(number): "x" * 10_000 for number in range(CLUSTERS)}}
    started = time.perf_counter()
    register.observe(results, snapshot, START + timedelta(seconds=second), lambda: results)
    return time.perf_counter() - started


def scan(failing: int) -> Json:
    """Return the results of a scan in which the first rules of each cluster fail."""
    collection = {section: {"status": "ok"} for section in SECTIONS}
    clusters = {f"dc{number}": {"status": "ok", "collection": collection} for number in range(CLUSTERS)}
    told = [result(name, number, failing) for name in clusters for number in range(RULES_EACH)]
    hashes = {"snapshot": sha256("s"), "policies": sha256("p"), "results": sha256("r")}
    engine = {"name": "embedded", "version": "0"}
    return {"scan": {"id": "s", "engine": engine, "hashes": hashes}, "clusters": clusters, "results": told}


def result(cluster: str, number: int, failing: int) -> Json:
    subject = {"cluster": cluster, "partition": "", "namespace": "", "kind": "gateway", "id": "gw", "name": "gw"}
    return {
        "rule": f"MGP-{number}",
        "name": "a_rule",
        "status": "fail" if number < failing else "pass",
        "severity": "high",
        "subject": subject | {"peer": None},
        "message": "a gateway has something wrong, and this says what it is and where",
        "caused_by": [],
        "waived_by": None,
    }


def rule(number: int) -> Rule:
    texts = dict.fromkeys(("group", "name", "title", "description", "judges", "not_applicable", "in_consul"), "text")
    return Rule(
        id=f"MGP-{number}", severity="high", document=(), needs=("gateways",), two_sided=False, mend="text", **texts
    )


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
