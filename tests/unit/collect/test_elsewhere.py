"""Other partitions and namespaces of Enterprise, as documented (made by hand), and what hides them."""

from typing import Any

import pytest

from scanner.collect.address import parse_address
from scanner.collect.credentials import TokenSource, TokenVariable
from scanner.collect.snapshot import collect_snapshot
from scanner.derive.facts import derived
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.model.document import Json
from scanner.model.snapshot import SECTIONS
from scanner.schemas import fault
from tests.faults.behaviours import json_answer, text
from tests.faults.consul import AUTHORIZE, authorize
from tests.faults.enterprise import (
    HEALTH,
    NAMES,
    NAMESPACES,
    PARTITIONS,
    PEERINGS,
    by_place,
    denied,
    enterprise,
    gateway,
    peering,
)
from tests.faults.server import Behaviour, FaultServer
from tests.scanning import results
from tests.unit.collect.answers import NOW, quiet, target

ALL = ["default/apps/mesh-gateway", "default/default/mesh-gateway", "east/default/mesh-gateway"]
EAST = ("east", "default")
TOKEN = TokenVariable("T", {"T": "5ec7e700-0000-4000-8000-000000000000"})


def collected(
    but: dict[str, Behaviour] | None = None, token: TokenSource | None = TOKEN, **fields: Any
) -> tuple[Json, list[str]]:
    """Return the cluster and what was asked."""
    with FaultServer(text("nothing here", 404), enterprise(but)) as server:
        asked = target("dc1", address=parse_address(server.address), token=token, **fields)
        document = collect_snapshot([asked], lambda: NOW, quiet)
        targets = [seen.target for seen in server.requests]
    assert fault(document, "snapshot") is None
    cluster: Json = document["clusters"]["dc1"]
    return cluster, targets


def unread(cluster: Json) -> set[str]:
    return {name for name in SECTIONS if cluster["collection"][name]["status"] != "ok"}


def of_partitions(cluster: Json) -> Json:
    section: Json = cluster["collection"]["partitions"]
    return section


def test_gateways_peerings_and_entries_of_all_partitions_are_read() -> None:
    cluster, asked = collected()

    assert (cluster["edition"], cluster["partitions"]) == ("enterprise", ["default", "east"])
    assert sorted(cluster["gateways"]) == ALL
    assert {identity: one["partition"] for identity, one in cluster["peerings"].items()} == {
        "p1": "default",
        "p2": "east",
    }
    assert list(cluster["mesh_elsewhere"]) == ["east"]
    assert sorted(cluster["agents"]) == ["default-apps", "default-default", "east-default"]
    assert (unread(cluster), of_partitions(cluster)["status"]) == (set(), "ok")
    assert sum(target.startswith(PARTITIONS) for target in asked) == 1


def test_a_target_in_another_partition_reads_the_same() -> None:
    there, asked = collected(partition="east", namespace="apps")

    assert there == collected()[0]
    assert any(target.startswith(AUTHORIZE) and "partition=east" in target for target in asked)


@pytest.mark.parametrize(
    ("answer", "status", "missing"),
    [(denied("operator:read"), "denied", ["operator:read"]), (text("No cluster leader", 500), "error", [])],
)
def test_partitions_that_cannot_be_listed_hide_nothing_of_the_default_one(
    answer: Behaviour, status: str, missing: list[str]
) -> None:
    cluster, _ = collected({PARTITIONS: answer})

    assert (list(cluster["gateways"]), list(cluster["peerings"])) == (["default/default/mesh-gateway"], ["p1"])
    assert (cluster["mesh"] is None, cluster["mesh_elsewhere"], cluster["partitions"]) == (False, None, None)
    assert unread(cluster) == set()
    assert (of_partitions(cluster)["status"], of_partitions(cluster)["missing"]) == (status, missing)


def test_without_operator_read_one_rule_alone_cannot_judge_the_default_partition(
    embedded: Engine, policy_set: PolicySet
) -> None:
    def judged(but: dict[str, Behaviour]) -> set[tuple[str, ...]]:
        document = {"clusters": {"dc1": collected(but)[0]}}
        found = results(embedded, policy_set, document)["results"]
        return {(one["rule"], one["subject"]["id"], one["subject"]["partition"], one["status"]) for one in found}

    seen, blind = judged({}), judged({PARTITIONS: denied("operator:read")})

    assert blind - seen == {("MGP-302", "dc1", "", "unknown")}
    assert {partition for _, _, partition, _ in seen - blind} == {"east", ""}


CUT = json_answer({"mesh-gateway": []}, X_Consul_Results_Filtered_By_ACLs="true")
WELL = enterprise()
OFF = text("peering must be enabled to use this endpoint", 500)
HIDDEN: dict[str, tuple[str, Behaviour, str, str, list[str]]] = {
    "namespaces refused": (NAMESPACES, denied("operator:read"), "denied", "namespaces of partition default", ALL[1:]),
    "names cut": (
        NAMES,
        by_place({EAST: CUT}, WELL[NAMES]),
        "filtered",
        "gateways of partition east, namespace d",
        ALL,
    ),
    "gateway refused": (HEALTH, by_place({EAST: denied("a:b")}, WELL[HEALTH]), "denied", "gateways of", ALL[:2]),
    "gateway failed": (HEALTH, by_place({EAST: text("no", 500)}, WELL[HEALTH]), "error", "gateways of", ALL[:2]),
    "peerings off": (
        PEERINGS,
        by_place({("east", ""): OFF}, WELL[PEERINGS]),
        "error",
        "peerings of partition east",
        ALL,
    ),
}


@pytest.mark.parametrize(("path", "answer", "status", "words", "gateways"), HIDDEN.values(), ids=HIDDEN)
def test_what_hides_a_place_is_told_and_hides_no_other(
    path: str, answer: Behaviour, status: str, words: str, gateways: list[str]
) -> None:
    cluster, _ = collected({path: answer})

    assert sorted(cluster["gateways"]) == gateways
    assert unread(cluster) == set()
    assert of_partitions(cluster)["status"] == status
    assert words in of_partitions(cluster)["detail"]


def test_one_refusal_of_peerings_is_taken_for_all() -> None:
    three = json_answer([{"Name": name} for name in ("default", "east", "west")])
    refused = by_place({("default", ""): json_answer([peering("p1", "default")])}, denied("peering:read"))
    cluster, asked = collected({PARTITIONS: three, PEERINGS: refused})

    assert list(cluster["peerings"]) == ["p1"]
    assert sorted(target for target in asked if target.startswith(PEERINGS)) == [
        f"{PEERINGS}?partition=default",
        f"{PEERINGS}?partition=east",
    ]
    assert of_partitions(cluster)["missing"].count("peering:read") == 1


def test_a_token_that_is_blind_at_home_asks_nothing_elsewhere() -> None:
    cluster, asked = collected({AUTHORIZE: json_answer(authorize("none:none"))})

    assert (cluster["gateways"], cluster["peerings"]) == (None, None)
    assert not any("partition=east" in target for target in asked if "mesh/mesh" not in target)


def test_without_a_token_nothing_tells_what_was_left_out() -> None:
    cluster, _ = collected(token=None)
    assert of_partitions(cluster)["status"] == "filtered"


def test_two_places_never_share_a_key_when_answers_name_none() -> None:
    bare = gateway("", "")
    cluster, _ = collected({HEALTH: bare})
    assert sorted(cluster["gateways"]) == ALL


def test_what_is_asked_again_of_peerings_is_asked_of_their_partitions() -> None:
    _, once = collected()
    _, again = collected(probe=True)
    assert [sum(target == f"{PEERINGS}?partition=east" for target in asked) for asked in (once, again)] == [1, 2]


def test_a_pair_within_one_cluster_is_joined() -> None:
    trust_domain = collected()[0]["trust_domain"]
    name = f"server.dc1.peering.{trust_domain}"
    dialer = peering(
        "p2", "east", State="ACTIVE", PeerID="p1", PeerServerName=name, PeerServerAddresses=["192.0.2.1:8443"]
    )
    rows = {
        ("default", ""): json_answer([peering("p1", "default", State="ACTIVE")]),
        ("east", ""): json_answer([dialer]),
    }
    cluster, _ = collected({PEERINGS: by_place(rows, text("no", 400))})

    (pair,) = derived({"clusters": {"dc1": cluster}})["pairs"]
    assert (pair["id"], pair["cluster"], pair["peer"], pair["dialed"]) == ("p1", "dc1", "dc1", ["192.0.2.1:8443"])
