"""The mesh entry, there, missing, and unreadable."""

import pytest

from scanner.collect.fault import CallError
from scanner.collect.mesh import PATH, read_mesh
from tests.faults.consul import recorded
from tests.unit.collect.answers import client, told


def test_the_entry_is_kept_whole() -> None:
    entry = recorded("1.22.7")[PATH]
    assert read_mesh(client({PATH: entry}))[0] == entry


def test_no_entry_is_no_fault() -> None:
    entry, mark = read_mesh(client({PATH: told(404, 'Config entry not found for "mesh" / "mesh"')}))
    assert entry is None
    assert mark.at_ns


def test_another_404_is_a_fault() -> None:
    with pytest.raises(CallError, match="HTTP 404"):
        read_mesh(client({PATH: told(404, "<html>no such page")}))


@pytest.mark.parametrize("peering", [[], "true", {"PeerThroughMeshGateways": "true"}])
def test_a_flag_that_is_none_is_a_fault(peering: object) -> None:
    with pytest.raises(CallError, match="Peering"):
        read_mesh(client({PATH: {"Kind": "mesh", "Peering": peering}}))
