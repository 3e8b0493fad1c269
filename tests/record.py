"""`make record`: writes the snapshots under tests/data anew, from real clusters."""

import json
from pathlib import Path

from scanner.collect.sampling import Sampling
from tests.playground import Playground, broken, pair_spec, wait_until
from tests.scanning import pair_snapshot

WINDOW_S = 16.0
DATA = Path(__file__).parent / "data"


def main() -> None:
    """Record a healthy pair, and the same pair with the mesh entry missing on the accepting side."""
    DATA.mkdir(exist_ok=True)
    with Playground(pair_spec()) as playground:
        wait_until("both sides heard a heartbeat", lambda: heartbeats(playground), all)
        record("healthy-pair", playground)
        with broken(playground, "entry-missing-accepting"):
            record("broken-pair", playground)


def heartbeats(playground: Playground) -> list[str | None]:
    """Return the last heartbeat of every peering, as Consul tells it; the first comes after some 17 s."""
    return [
        peering["StreamStatus"]["LastHeartbeat"]
        for cluster in playground.clusters.values()
        for peering in cluster.api("GET", "/v1/peerings")
    ]


def record(name: str, playground: Playground) -> None:
    """Write one snapshot."""
    text = json.dumps(pair_snapshot(playground, Sampling(WINDOW_S)), indent=2, sort_keys=True)
    (DATA / f"{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
