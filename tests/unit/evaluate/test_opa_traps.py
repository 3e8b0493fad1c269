"""What opa-python-client, its environment or a server in between could do to an answer (engines.md 4.2)."""

import json
from pathlib import Path

import pytest

from scanner.collect.adapters import UnixAdapter
from scanner.collect.sockets import Sockets
from scanner.errors import EngineError, EngineTimeoutError
from scanner.evaluate.opa import OpaServer
from scanner.evaluate.opa_connection import OpaAccess
from scanner.model.document import Json
from tests.faults import behaviours
from tests.faults.server import Behaviour, FaultServer, Handler
from tests.unit.evaluate.test_opa import CARRIED, PATH, POLICIES, PROVENANCE, result, server

VERSION_PATH = "/v1/data/compliance/version"
OTHER = behaviours.json_answer({"result": [{"id": "a.rego", "raw": "package a\n\nx := 1\n"}]})


class Rotated:
    """A token that is another one each time."""

    def __init__(self) -> None:
        self.count = 0

    def text(self) -> str:
        self.count += 1
        return f"secret-{self.count}"


def in_turn(*ways: Behaviour) -> Behaviour:
    """Behave in each way once, then in the last for ever."""
    left = list(ways)

    def behave(handler: Handler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return behave


def provenance(version: str, revision: str = "") -> Json:
    return {"provenance": {"version": version, "bundles": {"b": {"revision": revision}}}}


def evaluated(running: FaultServer, access: OpaAccess | None = None, seconds: float = 5.0) -> object:
    return OpaServer(running.address, POLICIES, seconds, access).evaluate("a.x", b"{}", ())


def test_the_token_is_read_for_each_request_and_shown_in_no_error() -> None:
    with server({PATH: behaviours.text("who are you?", 401)}) as running:
        with pytest.raises(EngineError) as error:
            evaluated(running, OpaAccess(token=Rotated()))
        sent = [seen.headers.get("Authorization") for seen in running.requests]

    assert sent == ["Bearer secret-1", "Bearer secret-2", "Bearer secret-3"]
    assert "refused with 401: who are you?" in str(error.value)
    assert "secret" not in str(error.value)
    assert "secret" not in repr(OpaAccess(token=Rotated()))


def test_a_netrc_does_not_replace_the_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    with server({PATH: result(1)}) as running:
        evaluated(running, OpaAccess(token=Rotated()))

    assert all(seen.headers["Authorization"].startswith("Bearer secret-") for seen in running.requests)


def test_the_token_follows_no_redirect() -> None:
    with FaultServer(behaviours.html()) as elsewhere:
        moved = behaviours.redirect(f"{elsewhere.address}/v1/data/a/x")
        with server({PATH: moved}) as running, pytest.raises(EngineError, match="answered 307 without JSON"):
            evaluated(running, OpaAccess(token=Rotated()))

        assert elsewhere.requests == []


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("path", ["/v1/policies", PATH])
def test_nothing_is_sent_twice(path: str, status: int) -> None:
    with server({path: behaviours.text("<html>busy</html>", status)}) as running:
        with pytest.raises(EngineError, match=f"answered {status} without JSON"):
            evaluated(running)

        assert running.paths.count(path) == 1


def test_nothing_is_ever_written() -> None:
    with server({PATH: result(1)}) as running:
        evaluated(running)

    assert {seen.method for seen in running.requests} == {"GET", "POST"}
    assert {seen.path for seen in running.requests if seen.method == "POST"} == {PATH}


def test_no_cookie_is_kept() -> None:
    with server({VERSION_PATH: behaviours.cookie(PROVENANCE), PATH: result(1)}) as running:
        evaluated(running)

    assert not any("Cookie" in seen.headers for seen in running.requests)


def test_an_answer_without_end_is_cut_off() -> None:
    with server({PATH: behaviours.drip()}) as running, pytest.raises(EngineTimeoutError, match=r"in 0\.3 s"):
        evaluated(running, seconds=0.3)


@pytest.mark.parametrize("behaviour", [result(["x" * 5000]), behaviours.huge(5000)])
def test_an_answer_beyond_measure_is_refused(behaviour: Behaviour) -> None:
    with server({PATH: behaviour}) as running, pytest.raises(EngineError, match="answered more than 4000 bytes"):
        evaluated(running, OpaAccess(largest_answer=4000))


@pytest.mark.parametrize("version", ["1.8.9", "0.70.0", "", "1.x", "edge"])
def test_a_server_that_is_too_old_or_nameless_is_refused(version: str) -> None:
    old = behaviours.json_answer(provenance(version))

    with (
        server({VERSION_PATH: old}) as running,
        pytest.raises(EngineError, match=r"is of version .*\. Use 1\.9\.0 or newer"),
    ):
        OpaServer(running.address, POLICIES)


@pytest.mark.parametrize("version", ["1.9.0", "1.22.2", "1.23.0-dev", "2.0.0"])
def test_a_newer_server_is_taken(version: str) -> None:
    with server({VERSION_PATH: behaviours.json_answer(provenance(version))}) as running:
        assert OpaServer(running.address, POLICIES).version == version


def test_a_server_that_was_replaced_in_the_middle_is_refused() -> None:
    replaced = behaviours.json_answer(provenance("1.21.0") | {"result": []})

    with server({PATH: replaced}) as running, pytest.raises(EngineError, match=r"is of version 1\.21\.0 now, and was"):
        evaluated(running)


def test_policies_that_changed_in_the_middle_are_no_pass() -> None:
    ways = {"/v1/policies": in_turn(CARRIED, OTHER), PATH: result([])}

    with server(ways) as running, pytest.raises(EngineError, match="or has others in their place"):
        evaluated(running)


def test_the_revision_of_our_bundle_spares_the_second_look() -> None:
    signed = behaviours.json_answer(provenance("1.22.2", POLICIES.sha256) | {"result": [1]})

    with server({PATH: signed}) as running:
        assert evaluated(running) == [1]
        assert running.paths.count("/v1/policies") == 1


def test_a_socket_in_the_file_system(tmp_path: Path) -> None:
    ways = {"/v1/policies": CARRIED, VERSION_PATH: behaviours.json_answer(PROVENANCE), PATH: result([2])}

    with FaultServer(behaviours.html(), ways, unix=tmp_path / "opa.sock") as running:
        assert evaluated(running, OpaAccess(UnixAdapter(str(tmp_path / "opa.sock"), 1, Sockets()))) == [2]


def test_an_ipv6_address_is_one() -> None:
    with pytest.raises(EngineError, match=r"OPA at http://\[::1\]:1 cannot be asked: (Connection|Cannot)"):
        OpaServer("http://[::1]:1", POLICIES)


def test_a_conflict_is_an_error_of_evaluation_with_its_place() -> None:
    said = "complete rules must not produce multiple outputs"
    conflict = {"errors": [{"code": "eval_conflict_error", "message": said, "location": {"file": "a.rego", "row": 3}}]}

    with server({PATH: behaviours.answer(json.dumps(conflict).encode(), 500)}) as running:
        with pytest.raises(EngineError, match=rf"a\.rego:3: {said}"):
            evaluated(running)

        assert running.paths.count(PATH) == 1
