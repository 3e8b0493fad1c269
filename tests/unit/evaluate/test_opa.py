"""The adapter to an OPA server: an answer that makes no sense is an error, never an empty list (engines.md 4.2)."""

import json
import re
from collections.abc import Mapping

import pytest

from scanner.errors import EngineError, EngineTimeoutError, EvaluationError, ScanError, UsageError
from scanner.evaluate.opa import OpaServer
from scanner.evaluate.policies import Policy, PolicySet
from tests.faults import behaviours
from tests.faults.server import Behaviour, FaultServer

POLICIES = PolicySet((Policy("a.rego", "package a\n"),))
CARRIED = behaviours.json_answer({"result": [{"id": "somewhere", "raw": "package a\n"}]})
VERSION = behaviours.json_answer({"provenance": {"version": "1.22.2"}, "result": {}})
PATH = "/v1/data/a/x"
ERROR = {"code": "internal_error", "errors": [{"message": "div by zero", "location": {"file": "a.rego", "row": 7}}]}


def server(ways: Mapping[str, Behaviour]) -> FaultServer:
    """Return a server that carries our policy and answers the rest as told."""
    return FaultServer(behaviours.html(), {"/v1/policies": CARRIED, "/v1/data": VERSION, **ways})


def refused(behaviour: Behaviour, seconds: float = 5) -> ScanError:
    """Return what comes of such an answer to an evaluation."""
    with server({PATH: behaviour}) as running:
        engine = OpaServer(running.address, POLICIES, seconds)
        with pytest.raises(ScanError) as error:
            engine.evaluate("a.x", b"{}", ())
        engine.close()
    return error.value


def test_the_input_goes_as_it_is_and_strictly() -> None:
    with server({PATH: behaviours.json_answer({"result": [1]})}) as running:
        engine = OpaServer(running.address, POLICIES)

        assert engine.evaluate("a.x", b'{"b": "\xc3\xa9"}', ()) == [1]
        assert engine.version == "1.22.2"
        assert (running.requests[-1].target, running.requests[-1].body) == (
            f"{PATH}?strict-builtin-errors=true",
            b'{"input":{"b": "\xc3\xa9"}}',
        )
        engine.close()


@pytest.mark.parametrize(
    ("behaviour", "kind", "reason"),
    [
        (behaviours.json_answer({}), EvaluationError, "a.x: the query is undefined"),
        (behaviours.answer(json.dumps(ERROR).encode(), 500), EvaluationError, "a.rego:7: div by zero"),
        (behaviours.html(), EngineError, "answered 200 without JSON: is that OPA?"),
        (behaviours.text('{"code": "unauthorized"}', 401), EngineError, 'answered 401: {"code": "unauthorized"}'),
        (behaviours.text("[]", 200), EngineError, "answered 200: []"),
        (behaviours.redirect("http://127.0.0.1:1/"), EngineError, "answered 307 without JSON"),
        (behaviours.cut_off(hard=True), EngineError, "cannot be asked"),
    ],
)
def test_what_is_no_answer_is_an_error(behaviour: Behaviour, kind: type[ScanError], reason: str) -> None:
    error = refused(behaviour)

    assert type(error) is kind
    assert reason in str(error)


def test_silence_is_cut_off() -> None:
    assert isinstance(refused(behaviours.silence(2), seconds=0.2), EngineTimeoutError)


def test_other_policies_are_refused_with_how_to_give_it_ours() -> None:
    other = behaviours.json_answer({"result": [{"id": "a.rego", "raw": "package a\n\nx := 1\n"}]})

    with server({"/v1/policies": other}) as running, pytest.raises(EngineError, match=r"first: a\.rego.*opa run"):
        OpaServer(running.address, POLICIES)


@pytest.mark.parametrize("package", ["compliance", "compliance.lib.clusters"])
def test_a_module_beside_ours_in_our_packages_is_refused(package: str) -> None:
    carried = [{"id": "a.rego", "raw": "package a\n"}, {"id": "evil.rego", "raw": f"package {package}\n"}]

    foreign = server({"/v1/policies": behaviours.json_answer({"result": carried})})

    with foreign as running, pytest.raises(EngineError, match=r"has more in our packages: evil\.rego"):
        OpaServer(running.address, POLICIES)


def test_a_module_of_somebody_else_is_let_be() -> None:
    carried = [{"id": "a.rego", "raw": "package a\n"}, {"id": "x", "raw": "package compliances\n"}, {"id": "y"}]

    with server({"/v1/policies": behaviours.json_answer({"result": carried})}) as running:
        OpaServer(running.address, POLICIES)


def test_nobody_there_is_an_error_that_names_the_address() -> None:
    with pytest.raises(EngineError, match=re.escape("OPA at http://127.0.0.1:1 cannot be asked")):
        OpaServer("http://127.0.0.1:1", POLICIES)


@pytest.mark.parametrize("url", ["127.0.0.1:8181", "ftp://127.0.0.1", "http://", "http://127.0.0.1:8181/v1"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="no address of an OPA server"):
        OpaServer(url, POLICIES)


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    with server({PATH: behaviours.json_answer({"result": 1})}) as running:
        assert OpaServer(running.address, POLICIES).evaluate("a.x", b"{}", ()) == 1
