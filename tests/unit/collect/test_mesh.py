"""The mesh entries: the one that counts, there, missing and unreadable, and those of other partitions."""

from typing import Any

import pytest

from scanner.collect.client import ConsulClient
from scanner.collect.fault import CallError
from scanner.collect.mesh import PATH, Mesh, read_mesh
from scanner.collect.transport import RawAnswer, Request
from tests.faults.consul import recorded
from tests.unit.collect.answers import Memory, client, told

NONE = told(404, 'Config entry not found for "mesh" / "mesh"')


def test_the_entry_is_kept_whole() -> None:
    entry = recorded("1.22.7")[PATH]
    assert read_mesh(client({PATH: entry}), [])[0] == Mesh(entry, {})


def test_no_entry_is_no_fault() -> None:
    mesh, mark = read_mesh(client({PATH: NONE}), [])
    assert mesh.entry is None
    assert mark.at_ns


def test_another_404_is_a_fault() -> None:
    with pytest.raises(CallError, match="HTTP 404"):
        read_mesh(client({PATH: told(404, "<html>no such page")}), [])


@pytest.mark.parametrize("peering", [[], "true", {"PeerThroughMeshGateways": "true"}])
def test_a_flag_that_is_none_is_a_fault(peering: object) -> None:
    with pytest.raises(CallError, match="Peering"):
        read_mesh(client({PATH: {"Kind": "mesh", "Peering": peering}}), [])


class Partitions(Memory):
    """Enterprise, made by hand from its documentation: the config endpoint answers by `?partition=`."""

    def send(self, request: Request) -> RawAnswer:
        partition = request.query.get("partition", "")
        return super().send(Request(f"{request.path}?{partition}") if partition else request)


def enterprise(**entries: Any) -> Mesh:
    answers = {f"{PATH}?{name}": entry for name, entry in ({"default": NONE} | entries).items()}
    return read_mesh(ConsulClient(Partitions(answers)), ["default", *entries])[0]


def test_entries_of_other_partitions_are_kept_by_partition() -> None:
    entry = {"Kind": "mesh", "Partition": "east", "Peering": {"PeerThroughMeshGateways": True}}
    assert enterprise(east=entry, west=NONE) == Mesh(None, {"east": entry})


def test_what_hides_the_partitions_does_not_hide_the_entry_that_counts() -> None:
    entry = recorded("1.22.7")[PATH]
    assert read_mesh(client({PATH: entry}), None)[0] == Mesh(entry, None)


@pytest.mark.parametrize("answer", [{"Kind": "mesh", "Peering": []}, told(500, "no")])
def test_nor_does_an_entry_elsewhere_that_is_none(answer: Any) -> None:
    assert enterprise(east=answer) == Mesh(None, None)
