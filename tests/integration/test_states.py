"""The main job: what is wrong with two real clusters is found, nothing else is, and the printed mend mends it."""

import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from scanner.collect.credentials import TokenFile
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.model.document import Json
from tests.playground import Playground, broken, wait_until
from tests.scanning import pair_snapshot, results, snapshot, target, unreachable

GATEWAYS = {f"MGP-{number}" for number in (102, 103, 104, 202, 205, 206, 207)}
ACLS = {f"MGP-{number}" for number in (601, 602, 603, 605, 606, 607)}
ALL = (
    GATEWAYS
    | ACLS
    | {f"MGP-{number}" for number in (101, 201, 204, 301, 303, 304, 401, 402, 403, 404, 406, 407, 501, 502, 701, 702)}
)
UNUSED = {"MGP-203", "MGP-208", "MGP-302", "MGP-604"}
"""No Enterprise, no gateway of several instances, nothing exported: only blindness shows them."""
HISTORY = {"MGP-401", "MGP-402"}
"""What an entry's age decides: once any test took an entry from the shared pair, the new one is younger for ever."""

PATH_PROVEN = "MGP-405"
"""Takes a window of 16 s for each scan, and is unknown without one: test_path.py has it."""

Found = set[tuple[str, str, tuple[str, ...]]]


class Judge:
    """Judges a snapshot with both engines, which must agree to the letter."""

    def __init__(self, engines: tuple[Engine, Engine], policies: PolicySet) -> None:
        self.engines, self.policies = engines, policies

    def __call__(self, document: Json) -> Json:
        first, second = (results(engine, self.policies, document, {PATH_PROVEN}) for engine in self.engines)
        assert first["scan"]["hashes"] == second["scan"]["hashes"]
        return first


@pytest.fixture
def judge(embedded: Engine, opa: Engine, policy_set: PolicySet) -> Judge:
    return Judge((embedded, opa), policy_set)


def having(document: Json, status: str) -> Found:
    """Return rule, cluster and the rules that caused it, of each result of a status."""
    return {
        (result["rule"], result["subject"]["cluster"], tuple(cause["rule"] for cause in result["caused_by"]))
        for result in document["results"]
        if result["status"] == status
    }


def to_mend(document: Json) -> Found:
    """Return the failures that can be mended: all but history."""
    return {failure for failure in having(document, "fail") if failure[0] not in HISTORY}


def rules(found: Found) -> set[str]:
    return {rule for rule, _, _ in found}


def test_a_healthy_pair_passes_whole(healthy_pair: Playground, judge: Judge) -> None:
    found = judge(pair_snapshot(healthy_pair))

    assert (to_mend(found), having(found, "unknown"), having(found, "error")) == (set(), set(), set())
    assert rules(having(found, "pass")) | HISTORY == ALL
    assert (found["summary"]["coverage"], found["summary"]["exit_code"]) == (1.0, 0)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("entry-missing-dialing", {("MGP-301", "dc2", ()), ("MGP-303", "dc2", ("MGP-301",))}),
        (
            "entry-missing-accepting",
            {("MGP-301", "dc1", ()), ("MGP-303", "dc2", ("MGP-301",)), ("MGP-404", "dc2", ("MGP-301",))},
        ),
        (
            "flag-false",
            {("MGP-301", "dc1", ()), ("MGP-303", "dc2", ("MGP-301",)), ("MGP-404", "dc2", ("MGP-301",))},
        ),
        (
            "gateway-killed",
            {
                ("MGP-204", "dc1", ()),
                ("MGP-406", "dc1", ("MGP-204",)),
                ("MGP-406", "dc2", ("MGP-204",)),
                ("MGP-407", "dc2", ("MGP-204",)),
            },
        ),
    ],
)
def test_a_broken_state_is_found_and_nothing_else(
    healthy_pair: Playground, judge: Judge, state: str, expected: Found
) -> None:
    with broken(healthy_pair, state):
        found = judge(pair_snapshot(healthy_pair))

        assert to_mend(found) == expected
        assert having(found, "unknown") | having(found, "error") == set()
        assert rules(having(found, "pass")) >= ALL - HISTORY - rules(expected)
        assert found["summary"]["exit_code"] == 1


@pytest.mark.parametrize("state", ["entry-missing-dialing", "entry-missing-accepting", "flag-false"])
def test_the_commands_as_printed_mend_it_and_change_nothing_else(
    healthy_pair: Playground, judge: Judge, state: str
) -> None:
    with broken(healthy_pair, state):
        before = judge(pair_snapshot(healthy_pair))
        entries = settings(healthy_pair)
        for result in before["results"]:
            if result["status"] == "fail" and result["remediation"]["commands"]:
                run(healthy_pair, result["subject"]["cluster"], result["remediation"]["commands"])

        wait_until("nothing fails", lambda: to_mend(judge(pair_snapshot(healthy_pair))), lambda f: not f)

        assert settings(healthy_pair) == {kind: mended(kind, entry) for kind, entry in entries.items()}


def settings(playground: Playground) -> dict[str, Json]:
    """Return every config entry that a mend could touch, without what Consul counts itself."""
    counted = ("CreateIndex", "ModifyIndex", "Hash")
    return {
        f"{kind} of {name}": {key: value for key, value in entry.items() if key not in counted}
        for name, cluster in playground.clusters.items()
        for kind in ("mesh", "proxy-defaults", "exported-services")
        for entry in cluster.api("GET", f"/v1/config/{kind}") or [{}]
    }


def mended(kind: str, entry: Json) -> Json:
    """Return an entry as it should be after the mend: all that it had, and the flag in a mesh entry."""
    if not kind.startswith("mesh"):
        return entry
    # Consul itself adds this block to every mesh entry.
    created = {"Kind": "mesh", "TransparentProxy": {"MeshDestinationsOnly": False}}
    return created | entry | {"Peering": {"PeerThroughMeshGateways": True}}


def run(playground: Playground, cluster: str, commands: list[str]) -> None:
    for command in commands:
        done = subprocess.run(
            ["sh", "-c", command],
            env=playground.clusters[cluster].environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_where_the_choice_is_free_only_a_mixed_state_is_told(healthy_pair: Playground, judge: Judge) -> None:
    def found() -> Json:
        return judge(
            snapshot([replace(target(healthy_pair, name), intent="optional") for name in healthy_pair.clusters])
        )

    both_on = found()
    with broken(healthy_pair, "entry-missing-accepting"):
        mixed = found()
        with broken(healthy_pair, "entry-missing-dialing"):
            both_off = found()

    assert [to_mend(one) for one in (both_on, mixed, both_off)] == [set(), {("MGP-303", "dc2", ())}, set()]
    assert [having(one, "unknown") | having(one, "error") for one in (both_on, mixed, both_off)] == [set()] * 3
    assert rules(having(both_on, "pass")) | HISTORY == ALL - {"MGP-301", "MGP-304"} | HISTORY
    direct = {f"MGP-{number}" for number in (303, 403, 406, 501, 502, 701, 702)}
    assert rules(having(both_off, "pass")) == direct | ACLS


def test_one_cluster_alone_leaves_the_pair_unknown(healthy_pair: Playground, judge: Judge) -> None:
    for name, unprobed in (("dc1", {("MGP-407", "dc1", ())}), ("dc2", set())):
        found = judge(snapshot([target(healthy_pair, name)]))

        assert to_mend(found) == {("MGP-702", name, ())}
        assert having(found, "unknown") == {(rule, name, ()) for rule in ("MGP-303", "MGP-404", "MGP-502")} | unprobed
        assert found["summary"]["exit_code"] == 0


def test_a_dead_cluster_does_not_spoil_the_other(healthy_pair: Playground, judge: Judge) -> None:
    found = judge(snapshot([target(healthy_pair, "dc1"), unreachable(healthy_pair, "dc2")]))

    about_the_other: Found = {(rule, "dc1", ()) for rule in ("MGP-303", "MGP-404", "MGP-407", "MGP-502", "MGP-702")}
    assert to_mend(found) == set()
    assert having(found, "unknown") == {(rule, "dc2", ()) for rule in ALL | UNUSED} | about_the_other
    assert rules(having(found, "pass")) | HISTORY == ALL - rules(about_the_other) | HISTORY
    assert found["clusters"]["dc2"]["status"] == "unreachable"
    assert found["summary"]["exit_code"] == 4


@pytest.mark.parametrize("token", ["blind", None])
def test_a_scan_that_sees_nothing_is_quick_and_says_what_it_lacks(
    healthy_pair: Playground, judge: Judge, token: str | None
) -> None:
    started = time.monotonic()
    targets = [
        replace(target(healthy_pair, name), token=TokenFile(cluster.tokens[token].file) if token else None)
        for name, cluster in healthy_pair.clusters.items()
    ]

    found = judge(snapshot(targets))

    assert time.monotonic() - started < 5
    assert having(found, "fail") == {("MGP-701", "dc1", ()), ("MGP-701", "dc2", ())}
    assert rules(having(found, "unknown")) == (ALL | UNUSED) - {"MGP-302", "MGP-701"}
    assert having(found, "pass") == set()
    for result in found["results"]:
        if result["rule"] == "MGP-701":
            assert result["evidence"]["missing"] == ["node:read", "peering:read", "service:read"]


@pytest.fixture(autouse=True)
def _no_secret_in_any_snapshot(healthy_pair: Playground) -> Iterator[None]:
    """Whatever a test did, a snapshot of the pair holds no token."""
    yield
    text = str(pair_snapshot(healthy_pair))
    for cluster in healthy_pair.clusters.values():
        assert cluster.management_token not in text
        assert cluster.scanner_token not in text
