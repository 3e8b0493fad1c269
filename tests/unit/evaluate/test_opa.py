"""The adapter to an OPA server: an answer that makes no sense is an error, never an empty list (engines.md 4.2)."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from scanner.errors import EngineError, EngineTimeoutError, EvaluationError, ScanError, UsageError
from scanner.evaluate.opa import OpaServer
from scanner.evaluate.policies import Policy, PolicySet
from scanner.model.document import Json
from tests.faults import behaviours
from tests.faults.server import Behaviour, FaultServer

POLICIES = PolicySet((Policy("a.rego", "package a\n"),))
PROVENANCE = {"provenance": {"version": "1.22.2"}}
OURS = {"id": "somewhere", "raw": "package a\n"}
CARRIED = behaviours.json_answer({"result": [OURS]})
PATH = "/v1/data/a/x"
ERROR = {"code": "internal_error", "errors": [{"message": "div by zero", "location": {"file": "a.rego", "row": 7}}]}


def server(ways: Mapping[str, Behaviour]) -> FaultServer:
    """Return a server that carries our policy and answers the rest as told."""
    told = {"/v1/policies": CARRIED, "/v1/data/compliance/version": behaviours.json_answer(PROVENANCE)}
    return FaultServer(behaviours.html(), told | dict(ways))


def module(name: str, *package: str) -> Json:
    """Return a module as OPA lists it; the text says nothing of its package that a pattern could find."""
    path = [{"type": "var", "value": "data"}, *({"type": "string", "value": part} for part in package)]
    return {"id": name, "raw": f"package {name} # x", "ast": {"package": {"path": path}}}


def result(value: Any) -> Behaviour:
    """Answer with a result, as OPA would."""
    return behaviours.json_answer(PROVENANCE | {"result": value})


def refused(behaviour: Behaviour, seconds: float = 5) -> ScanError:
    """Return what comes of such an answer to an evaluation."""
    with server({PATH: behaviour}) as running:
        engine = OpaServer(running.address, POLICIES, seconds)
        with pytest.raises(ScanError) as error:
            engine.evaluate("a.x", b"{}", ())
        engine.close()
    return error.value


def test_the_input_goes_as_it_is_and_strictly() -> None:
    with server({PATH: result([1])}) as running:
        engine = OpaServer(running.address, POLICIES)

        assert engine.evaluate("a.x", b'{"b": "\xc3\xa9"}', ()) == [1]
        assert engine.version == "1.22.2"
        assert (running.requests[-2].target, running.requests[-2].body) == (
            f"{PATH}?strict-builtin-errors=true&provenance=true",
            b'{"input":{"b": "\xc3\xa9"}}',
        )
        engine.close()


@pytest.mark.parametrize(
    ("behaviour", "kind", "reason"),
    [
        (behaviours.json_answer(PROVENANCE), EvaluationError, "a.x: the query is undefined"),
        (behaviours.answer(json.dumps(ERROR).encode(), 500), EvaluationError, "a.rego:7: div by zero"),
        (behaviours.html(), EngineError, "answered 200 without JSON: is that OPA?"),
        (behaviours.text('{"code": "unauthorized"}', 401), EngineError, "Give its token by engine.token_file"),
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


@pytest.mark.parametrize("package", [("a",), ("a", "b"), ()])
def test_a_module_beside_ours_in_our_packages_is_refused(package: tuple[str, ...]) -> None:
    carried = [OURS, module("evil.rego", *package)]

    foreign = server({"/v1/policies": behaviours.json_answer({"result": carried})})

    with foreign as running, pytest.raises(EngineError, match=r"has more in our packages: evil\.rego"):
        OpaServer(running.address, POLICIES)


def test_a_module_of_somebody_else_is_let_be() -> None:
    carried = [OURS, module("x", "as"), module("y", "b", "a")]

    with server({"/v1/policies": behaviours.json_answer({"result": carried})}) as running:
        OpaServer(running.address, POLICIES)


def test_nobody_there_is_an_error_that_names_the_address() -> None:
    with pytest.raises(EngineError, match=re.escape("OPA at http://127.0.0.1:1 cannot be asked")):
        OpaServer("http://127.0.0.1:1", POLICIES)


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8181",
        "ftp://127.0.0.1",
        "http://",
        "http://127.0.0.1:8181/v1",
        "http://127.0.0.1:0",
        "http://127.0.0.1:x",
        "http://127.0.0.1?x=y",
        "unix://opa.sock",
        "http://me:hunter2@127.0.0.1:8181",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="no address of an OPA server") as error:
        OpaServer(url, POLICIES)

    assert "hunter2" not in str(error.value)


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    with server({PATH: result(1)}) as running:
        assert OpaServer(running.address, POLICIES).evaluate("a.x", b"{}", ()) == 1
