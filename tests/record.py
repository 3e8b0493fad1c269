"""`make record`: writes the snapshots under tests/data anew, and what Consul says of ACLs, from real clusters."""

import json
from pathlib import Path

from scanner.collect.sampling import Sampling
from tests.playground import CONSUL, OLD_CONSUL, ClusterSpec, Playground, PlaygroundSpec, broken, pair_spec, wait_until
from tests.scanning import pair_snapshot

WINDOW_S = 16.0
DATA = Path(__file__).parent / "data"
ANSWERS = Path(__file__).parent / "unit" / "collect" / "recorded"
ANONYMOUS = "/v1/acl/token/00000000-0000-0000-0000-000000000002"


def main() -> None:
    """Record a healthy pair, and the same pair with the mesh entry missing on the accepting side."""
    DATA.mkdir(exist_ok=True)
    with Playground(pair_spec()) as playground:
        wait_until("both sides heard a heartbeat", lambda: heartbeats(playground), all)
        record("healthy-pair", playground)
        with broken(playground, "entry-missing-accepting"):
            record("broken-pair", playground)
    for version in (CONSUL, OLD_CONSUL):
        with Playground(PlaygroundSpec((ClusterSpec("dc1", servers=(version,), gateways=0),))) as playground:
            record_acl(version, playground)


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


def record_acl(version: str, playground: Playground) -> None:
    """Write what a Consul tells of its ACLs to a token that may read them, by path."""
    cluster = playground.clusters["dc1"]
    role = {"Name": "edge", "Policies": [{"Name": "gateway"}], "ServiceIdentities": [{"ServiceName": "mesh-gateway"}]}
    cluster.api("PUT", "/v1/acl/role", role)
    cluster.api("PUT", "/v1/acl/token", {"Description": "pod", "Roles": [{"Name": "edge"}], "ExpirationTTL": "24h"})
    paths = ["/v1/acl/tokens", "/v1/acl/roles", "/v1/acl/policies"]
    paths += [f"/v1/acl/policy/{policy['ID']}" for policy in cluster.api("GET", "/v1/acl/policies")]
    told = {path: cluster.api("GET", path, token=cluster.scanner_token) for path in paths}
    told[ANONYMOUS] = cluster.api("GET", f"{ANONYMOUS}?expanded=true", token=cluster.scanner_token)
    (ANSWERS / f"acl-{version}.json").write_text(json.dumps(told, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
