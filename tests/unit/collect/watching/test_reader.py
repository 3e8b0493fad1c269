"""What is known of one cluster: renewed in parts, and never older than what could be read last."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from scanner.collect.address import parse_address
from scanner.collect.credentials import TokenFile
from scanner.collect.fault import CallError
from scanner.collect.http_transport import HttpTransport
from scanner.collect.target import GatewayTarget
from scanner.collect.watching.agenda import COMPARED, POLLED, WHOLE
from scanner.collect.watching.connection import Connection
from scanner.collect.watching.reader import NOT_YET, ClusterReader
from scanner.model.snapshot import OF_ENTERPRISE, OPT_IN, SECTIONS
from tests.faults.behaviours import DATE_NS
from tests.faults.consul import AUTHORIZE, SCANNER, authorize
from tests.unit.collect.answers import Memory, healthy, said, target, told

GONE = CallError("unreachable", "POST /v1/internal/acl/authorize: refused")


class Followed:
    """A reader of one cluster whose answers can be changed."""

    def __init__(self, **fields: Any) -> None:
        self.answers = healthy()
        self.memory = Memory(self.answers)
        self.times: Iterator[float] = itertools.count(100.0, 5.0)
        connection = Connection(target(**fields), lambda _target: self.memory)
        self.reader = ClusterReader(target(**fields), connection, lambda: 1234.5, lambda: next(self.times))

    def asked(self, sections: frozenset[str]) -> list[str]:
        """Read sections and return the paths that this took."""
        before = len(self.memory.requests)
        self.reader.read(sections)
        return sorted(self.memory.paths[before:])

    def statuses(self) -> set[str]:
        return {read["status"] for name, read in self.reader.document["collection"].items() if name in SECTIONS}


def silences(document: dict[str, Any]) -> Iterator[Any]:
    """Give for how long each peering was silent, by a clock that goes on by 5 s at each look."""
    return (peering["silent"] for peering in document["peerings"].values())


def test_before_it_is_read_it_is_an_error_in_every_section() -> None:
    followed = Followed()
    collection = followed.reader.document["collection"]
    assert collection.keys() == {*SECTIONS, *OPT_IN, *OF_ENTERPRISE}
    assert {(read["status"], read["detail"]) for read in collection.values()} == {("error", NOT_YET)}
    assert followed.reader.last_success_unix is None


def test_a_poll_asks_for_the_peerings_alone() -> None:
    followed = Followed()
    followed.reader.read(WHOLE)
    assert followed.asked(POLLED) == ["/v1/peerings"]
    assert followed.reader.last_success_unix == 1234.5


def test_after_a_wake_everything_that_is_compared_is_asked_for_and_the_rest_is_kept() -> None:
    followed = Followed()
    followed.reader.read(WHOLE)
    before = followed.reader.document
    followed.answers["/v1/config/mesh/mesh"] = {"Kind": "mesh", "Peering": {"PeerThroughMeshGateways": False}}
    assert followed.asked(COMPARED) == [
        "/v1/catalog/service/consul",
        "/v1/catalog/services",
        "/v1/config/mesh/mesh",
        "/v1/config/proxy-defaults/global",
        "/v1/connect/ca/roots",
        "/v1/health/service/mesh-gateway",
        "/v1/peerings",
    ]
    after = followed.reader.document
    assert after["mesh"]["Peering"] == {"PeerThroughMeshGateways": False}
    assert {key for key in before if before[key] != after[key]} == {"mesh", "peerings"}
    assert list(silences(before)) == [{"at_least_ns": 0, "at_most_ns": None}]
    assert list(silences(after)) == [{"at_least_ns": 5 * 10**9, "at_most_ns": None}]


def test_partitions_are_listed_at_each_poll_where_there_are_some() -> None:
    followed = Followed()
    followed.answers["/v1/partitions"] = [{"Name": "default"}, {"Name": "far"}]
    followed.reader.read(WHOLE)
    assert "/v1/partitions" in followed.asked(POLLED)


def test_tokens_are_looked_for_anew_where_there_are_other_gateways() -> None:
    followed = Followed()
    followed.reader.read(WHOLE)
    (row, *_) = followed.answers["/v1/health/service/mesh-gateway"]
    other = row | {"Service": row["Service"] | {"Service": "other", "ID": "other"}}
    followed.answers |= {"/v1/health/service/other": [other], "/v1/catalog/services": {"mesh-gateway": [], "other": []}}
    assert "/v1/acl/tokens" in followed.asked(COMPARED)
    assert followed.reader.document["acl"]["gateways"].keys() == {"//mesh-gateway", "//other"}
    assert "/v1/acl/tokens" not in followed.asked(COMPARED)


def test_addresses_that_are_dialed_anew_are_probed_anew() -> None:
    followed = Followed(probe=True)
    row = followed.answers["/v1/peerings"][0] | {"PeerServerName": "server.dc1.peering.x"}
    followed.answers["/v1/peerings"] = [row | {"PeerServerAddresses": ["127.0.0.1:1"]}]
    followed.reader.read(WHOLE)
    before = followed.reader.document["probe"]
    assert before[row["ID"]].keys() == {"127.0.0.1:1"}
    followed.reader.read(POLLED)
    assert followed.reader.document["probe"] is before
    followed.answers["/v1/peerings"] = [row | {"PeerServerAddresses": ["127.0.0.1:2"]}]
    followed.reader.read(POLLED)
    assert followed.reader.document["probe"][row["ID"]].keys() == {"127.0.0.1:2"}


def test_a_section_that_fails_is_an_error_and_not_what_it_was() -> None:
    followed = Followed()
    followed.reader.read(WHOLE)
    followed.answers["/v1/peerings"] = told(500, "No cluster leader")
    followed.reader.read(COMPARED)
    document = followed.reader.document
    assert (document["peerings"], document["collection"]["peerings"]["status"]) == (None, "error")
    assert document["mesh"] is not None


def test_time_goes_on_with_what_is_held_against_it() -> None:
    followed = Followed()
    followed.reader.read(WHOLE)
    later = "Sun, 22 Nov 2026 15:47:55 GMT"
    followed.answers["/v1/peerings"] = said([], Date=later)
    followed.reader.read(POLLED)
    assert followed.reader.document["now_ns"] == DATE_NS + 45 * 10**9


def test_a_cluster_that_is_gone_is_an_error_whole_and_comes_back_whole() -> None:
    followed = Followed()
    followed.reader.read(WHOLE)
    with capture_logs() as logs:
        followed.answers[AUTHORIZE] = GONE
        followed.reader.read(WHOLE)
        followed.reader.read(WHOLE)
        assert followed.statuses() == {"error"}
        followed.answers[AUTHORIZE] = authorize(*SCANNER)
        assert "/v1/acl/tokens" in followed.asked(POLLED)
    assert followed.statuses() == {"ok"}
    assert [entry["event"] for entry in logs] == ["cluster is read otherwise"] * 2
    assert logs[0]["detail"] == str(GONE)


def test_a_token_file_that_is_gone_makes_an_error_of_its_own_cluster(tmp_path: Path) -> None:
    fields: dict[str, Any] = {"address": parse_address("http://127.0.0.1:1"), "token": TokenFile(tmp_path / "gone")}
    reader = ClusterReader(target(**fields), Connection(target(**fields), HttpTransport), lambda: 0.0, lambda: 0.0)
    reader.read(WHOLE)
    access = reader.document["collection"]["access"]
    assert access["status"] == "error"
    assert "the token file" in access["detail"]
    assert reader.last_success_unix is None


def test_envoys_are_sampled_with_each_poll() -> None:
    admin = GatewayTarget("mesh-gateway", envoy_admin={"n/gw": parse_address("http://127.0.0.1:1")})
    followed = Followed(gateways=(admin,))
    followed.reader.read(WHOLE)
    before = followed.reader.document["envoy"]
    followed.reader.read(POLLED)
    assert followed.reader.document["envoy"] == before
    assert followed.reader.document["envoy"] is not before
    assert followed.reader.document["collection"]["envoy"]["status"] == "error"
    assert followed.reader.document["collection"]["probe"]["status"] == "off"


def test_a_bug_leaves_nothing_known_of_the_cluster_and_is_told_to_who_waits() -> None:
    followed = Followed()
    followed.reader.read(WHOLE)
    followed.answers["/v1/peerings"] = object()  # what no transport gives
    with pytest.raises(TypeError):
        followed.reader.read(POLLED)
    access = followed.reader.document["collection"]["access"]
    assert (access["status"], access["detail"]) == ("error", "reading it broke off, which is a bug")
    followed.answers["/v1/peerings"] = []
    followed.reader.read(POLLED)
    assert followed.statuses() == {"ok"}


def test_without_a_token_a_grant_that_is_gone_empties_no_section_unseen() -> None:
    followed = Followed()
    followed.memory.anonymous = True
    followed.reader.read(WHOLE)
    assert followed.reader.document["gateways"]
    followed.answers |= {AUTHORIZE: authorize("peering:read"), "/v1/catalog/services": {}}
    assert AUTHORIZE in followed.asked(COMPARED)
    gateways = followed.reader.document["collection"]["gateways"]
    assert (gateways["status"], gateways["missing"]) == ("denied", ["node:read", "service:read"])
    assert followed.reader.document["access"]["missing"] == ["node:read", "service:read", "acl:read"]


def test_without_a_token_a_cluster_that_is_gone_is_an_error_whole_at_the_next_poll() -> None:
    followed = Followed()
    followed.memory.anonymous = True
    followed.reader.read(WHOLE)
    followed.answers[AUTHORIZE] = GONE
    assert followed.asked(POLLED) == [AUTHORIZE]
    assert followed.statuses() == {"error"}


def test_without_acls_there_is_no_grant_to_ask_for_again() -> None:
    followed = Followed()
    followed.memory.anonymous = True
    followed.answers[AUTHORIZE] = told(401, "ACL support disabled")
    followed.reader.read(WHOLE)
    assert AUTHORIZE not in followed.asked(POLLED)
