"""What happens to healthy clusters: gateways restart one after the other, another server leads, the CA is rotated."""

from tests.playground.cluster import Cluster
from tests.playground.waiting import wait_until

_OTHER_KEY = {"rsa": {"PrivateKeyType": "ec", "PrivateKeyBits": 256}}
_RSA = {"PrivateKeyType": "rsa", "PrivateKeyBits": 2048}
"""A CA makes a new root where its key is to be of another type; by default it is not RSA."""


def restart_gateways(cluster: Cluster) -> None:
    """Restart each gateway, one after the other."""
    for gateway in cluster.gateways:
        gateway.restart()


def change_leader(cluster: Cluster) -> None:
    """Let another server lead. The cluster has several."""
    before = cluster.api("GET", "/v1/status/leader")
    cluster.api("POST", "/v1/operator/raft/transfer-leader")
    wait_until(
        "another server leads", lambda: cluster.api("GET", "/v1/status/leader"), lambda now: now not in {"", before}
    )


def rotate_roots(cluster: Cluster) -> None:
    """Give the mesh a new root certificate."""
    before = cluster.api("GET", "/v1/connect/ca/roots")["ActiveRootID"]
    config = cluster.api("GET", "/v1/connect/ca/configuration")["Config"]
    key = _OTHER_KEY.get(config.get("PrivateKeyType"), _RSA)
    cluster.api("PUT", "/v1/connect/ca/configuration", {"Provider": "consul", "Config": config | key})
    wait_until(
        "there is a new root",
        lambda: cluster.api("GET", "/v1/connect/ca/roots")["ActiveRootID"],
        lambda now: now != before,
    )
