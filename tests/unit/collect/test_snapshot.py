"""Whole snapshots, over HTTP, of clusters that are well and clusters that are not."""

import json
import logging
import threading
import time
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, ClassVar

import pytest

from scanner.collect.address import parse_address
from scanner.collect.credentials import TokenFile, TokenVariable
from scanner.collect.snapshot import CLUSTERS_AT_ONCE, collect_snapshot
from scanner.collect.target import ClusterTarget, Timeouts, Tls
from scanner.collect.transport import RawAnswer, Request
from scanner.errors import ConfigError, DocumentError
from scanner.model.snapshot import SECTIONS
from scanner.schemas import fault
from tests.faults import behaviours
from tests.faults.consul import AUTHORIZE, healthy
from tests.faults.server import Behaviour, FaultServer
from tests.unit.collect.answers import NOW, Memory, quiet, target
from tests.unit.collect.answers import healthy as from_memory

TOKEN = "c0ffee00-1111-2222-3333-444444444444"
QUICK = Timeouts(connect_s=0.3, read_s=0.3, total_s=0.6)
NOT_FOUND = behaviours.text("nothing here", 404)


def at(server: FaultServer, name: str = "dc1", **fields: Any) -> ClusterTarget:
    return target(name, **({"address": parse_address(server.address), "timeouts": QUICK} | fields))


def snapshot(*targets: ClusterTarget) -> dict[str, Any]:
    return collect_snapshot(targets, lambda: NOW, quiet)


def collection(document: dict[str, Any], name: str = "dc1") -> dict[str, Any]:
    sections = document["clusters"][name]["collection"]
    return {section: sections[section] for section in SECTIONS}


def test_two_healthy_clusters() -> None:
    with FaultServer(NOT_FOUND, healthy("1.22.7")) as new, FaultServer(NOT_FOUND, healthy("1.14.8")) as old:
        document = snapshot(at(new), at(old, "dc2"))
    assert fault(document, "snapshot") is None
    assert document["captured_at"] == "2026-11-22T15:47:10Z"
    assert [cluster["datacenter"] for cluster in document["clusters"].values()] == ["dc1", "dc2"]
    for name in ("dc1", "dc2"):
        assert {section["status"] for section in collection(document, name).values()} == {"ok"}


def test_the_time_is_told_in_utc() -> None:
    local = NOW.astimezone(timezone(timedelta(hours=2)))
    document = collect_snapshot([target()], lambda: local, quiet, lambda _: Memory(from_memory()))
    assert datetime.fromisoformat(document["captured_at"]) == NOW
    assert document["captured_at"].endswith("Z")


class Counted(Memory):
    """Counts how many clusters are read at once, over all of them."""

    asked: ClassVar[Counter[int]] = Counter()
    most = 0
    lock = threading.Lock()

    def send(self, request: Request) -> RawAnswer:
        with Counted.lock:
            Counted.asked[id(self)] += 1
            Counted.most = max(Counted.most, len(+Counted.asked))
        time.sleep(0.001)
        with Counted.lock:
            Counted.asked[id(self)] -= 1
        return super().send(request)


def test_of_a_hundred_clusters_a_few_are_read_at_once() -> None:
    targets = [target(f"dc{number}") for number in range(100)]
    document = collect_snapshot(targets, lambda: NOW, quiet, lambda _: Counted(from_memory()))
    assert {cluster["collection"]["access"]["status"] for cluster in document["clusters"].values()} == {"ok"}
    assert len(document["clusters"]) == 100
    assert 1 < Counted.most <= CLUSTERS_AT_ONCE


BROKEN: dict[str, Behaviour] = {
    "redirect": behaviours.redirect("https://elsewhere.example/login"),
    "html": behaviours.html(),
    "cut off": behaviours.cut_off(hard=True),
    "silent": behaviours.silence(2),
    "slow": behaviours.drip(),
    "500": behaviours.text("No cluster leader", 500),
    "unknown token": behaviours.text("ACL not found", 403),
}


@pytest.mark.parametrize("behaviour", BROKEN.values(), ids=BROKEN)
def test_a_dead_cluster_is_said_so_once_asked_once_and_spoils_no_other(behaviour: Behaviour) -> None:
    with FaultServer(behaviour) as dead, FaultServer(NOT_FOUND, healthy()) as alive:
        started = time.monotonic()
        document = snapshot(at(dead), at(alive, "dc2"))
        assert time.monotonic() - started < 2
    details = {section["detail"] for section in collection(document).values()}
    assert {section["status"] for section in collection(document).values()} == {"error"}
    assert len(details) == 1
    assert f"POST {AUTHORIZE}" in details.pop()
    assert dead.paths == [AUTHORIZE]
    assert {section["status"] for section in collection(document, "dc2").values()} == {"ok"}


@pytest.mark.parametrize("behaviour", [BROKEN["html"], BROKEN["silent"], BROKEN["redirect"], BROKEN["cut off"]])
def test_a_path_that_fails_is_one_section(behaviour: Behaviour) -> None:
    with FaultServer(NOT_FOUND, healthy() | {"/v1/config/mesh/mesh": behaviour}) as server:
        document = snapshot(at(server))
    wrong = {name: section for name, section in collection(document).items() if section["status"] != "ok"}
    assert list(wrong) == ["mesh"]
    assert "GET /v1/config/mesh/mesh" in wrong["mesh"]["detail"]
    assert wrong["mesh"]["detail"].isprintable()


def test_a_token_shows_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for status in (200, 307, 403, 500):
        repeated = {path: behaviours.echo_token(status) for path in ("/v1/peerings", "/v1/connect/ca/roots")}
        with FaultServer(NOT_FOUND, healthy() | repeated) as server:
            document = snapshot(at(server, token=TokenVariable("T", {"T": TOKEN})))
        assert server.requests[0].headers["X-Consul-Token"] == TOKEN
        assert collection(document)["peerings"]["status"] == "error"
        assert TOKEN not in json.dumps(document)
    assert TOKEN not in caplog.text


def test_secrets_that_consul_sends_are_not_kept() -> None:
    secret = {"SecretID": "hunter2", "PeeringToken": "hunter2", "PrivateKey": "hunter2", "Config": {"x": "hunter2"}}
    answers = from_memory()
    for path in ("/v1/peerings", "/v1/catalog/service/consul"):
        answers[path] = [row | secret | {"Meta": secret} for row in answers[path]]
    health = "/v1/health/service/mesh-gateway"
    answers[health] = [row | secret | {"Service": row["Service"] | secret} for row in answers[health]]
    document = collect_snapshot([target()], lambda: NOW, quiet, lambda _: Memory(answers))
    assert {section["status"] for section in collection(document).values()} == {"ok"}
    assert "hunter2" not in json.dumps(document)


def test_a_missing_token_or_ca_stops_before_anything_is_sent(tmp_path: Path) -> None:
    with FaultServer(NOT_FOUND, healthy()) as server:
        secure = parse_address(server.address.replace("http:", "https:"))
        for bad in (
            at(server, "dc2", token=TokenFile(tmp_path / "none")),
            at(server, "dc2", address=secure, tls=Tls(ca_file=tmp_path / "none")),
        ):
            with pytest.raises(ConfigError, match="none"):
                snapshot(at(server), bad)
    assert server.requests == []


def test_a_token_that_vanishes_in_between_is_a_config_error(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(TOKEN)

    def vanish(*_: str) -> None:
        path.unlink(missing_ok=True)

    with FaultServer(NOT_FOUND, healthy()) as server, pytest.raises(ConfigError, match="token"):
        collect_snapshot([at(server, token=TokenFile(path))], lambda: NOW, vanish)


def test_no_cluster_at_all_is_refused() -> None:
    with pytest.raises(ConfigError, match="no cluster"):
        snapshot()


def test_a_document_that_does_not_fit_is_a_bug_and_said_so() -> None:
    wrong = target(intent="sometimes")
    with pytest.raises(DocumentError, match="intent"):
        collect_snapshot([wrong], lambda: NOW, quiet, lambda _: Memory(from_memory()))
