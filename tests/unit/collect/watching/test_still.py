"""What goes on all the time is no change; that it stops is one."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from scanner.collect.watching.still import still
from tests.policies.cases import base_snapshot

Change = Callable[[dict[str, Any]], None]


def dialer() -> dict[str, Any]:
    found: dict[str, Any] = copy.deepcopy(base_snapshot("healthy-pair")["clusters"]["dc2"])
    return found


def peering(cluster: dict[str, Any]) -> dict[str, Any]:
    (found,) = cluster["peerings"].values()
    return found  # type: ignore[no-any-return]


def later(*changes: Change) -> dict[str, Any]:
    """Return the cluster 15 s later, and otherwise too."""
    found = dialer()
    for moment in ("last_heartbeat_ns", "last_receive_ns"):
        peering(found)[moment] += 15 * 10**9
    found["now_ns"] += 15 * 10**9
    for section in found["collection"].values():
        section |= {"index": 99, "at_ns": 99}
    for change in changes:
        change(found)
    return found


def sampled(cluster: dict[str, Any]) -> None:
    (instances,) = cluster["envoy"].values()
    (envoy,) = instances.values()
    envoy["samples"][-1]["bytes"] = {}


def rerouted(cluster: dict[str, Any]) -> None:
    (instances,) = cluster["envoy"].values()
    (envoy,) = instances.values()
    envoy["routes"] = {"elsewhere": []}


def unread(cluster: dict[str, Any]) -> None:
    cluster["peerings"] = None
    cluster["envoy"] = None


def heard_again(cluster: dict[str, Any]) -> None:
    for moment in ("last_heartbeat_ns", "last_receive_ns"):
        peering(cluster)[moment] += 1


def silent(most_ns: int | None, least_ns: int = 0) -> Change:
    def change(cluster: dict[str, Any]) -> None:
        peering(cluster)["silent"] = {"at_least_ns": least_ns, "at_most_ns": most_ns}

    return change


def test_that_signs_of_life_were_seen_to_go_on_speaks_once() -> None:
    assert not still(later(silent(None)), later(heard_again, silent(15)))
    assert still(later(silent(15)), later(heard_again, silent(16, 1)))
    assert still(dialer(), later(silent(None)))


def test_heartbeats_bytes_and_times_go_on() -> None:
    assert still(dialer(), later())
    assert still(dialer(), later(sampled))


@pytest.mark.parametrize(
    "change",
    [
        rerouted,
        unread,
        lambda cluster: peering(cluster).update(last_heartbeat_ns=None),
        lambda cluster: peering(cluster).update(last_receive_ns=peering(dialer())["last_receive_ns"]),
        lambda cluster: peering(cluster).update(state="FAILING"),
        lambda cluster: cluster["peerings"].clear(),
        lambda cluster: cluster["collection"]["peerings"].update(status="error"),
        lambda cluster: cluster.update(mesh=None),
    ],
)
def test_anything_else_is_a_change(change: Change) -> None:
    assert not still(dialer(), later(change))


def test_what_stays_unread_is_no_change() -> None:
    assert still(later(unread), later(unread))
