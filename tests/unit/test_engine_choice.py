"""Options and config say together which engine judges; a token goes to the server that it is for, and no other."""

from pathlib import Path

import pytest

from scanner.collect.credentials import TokenVariable
from scanner.collect.target import Tls
from scanner.engine_choice import EngineChoice, chosen_engine
from scanner.errors import ConfigError, UsageError
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from tests.unit.evaluate.test_opa import POLICIES, server

TOKEN = TokenVariable("OPA_TOKEN", {"OPA_TOKEN": "secret"})
NAMED = EngineChoice("auto", "https://opa:8181", TOKEN)


def chosen(choice: EngineChoice, kind: str | None = None, url: str | None = None) -> Engine:
    engine = chosen_engine(POLICIES, choice, kind, url)
    engine.close()
    return engine


@pytest.mark.parametrize(
    ("choice", "kind"), [(EngineChoice(), None), (NAMED, "embedded"), (EngineChoice("embedded", "http://opa"), None)]
)
def test_the_embedded_engine_is_what_is_left(choice: EngineChoice, kind: str | None) -> None:
    assert chosen(choice, kind).name == "embedded"


def test_an_address_chooses_the_server_and_the_token_goes_along() -> None:
    with server({}) as running:
        engine = chosen(EngineChoice("auto", running.address, TOKEN), url=running.address)

        assert engine.name == "opa"
        assert {seen.headers["Authorization"] for seen in running.requests} == {"Bearer secret"}


@pytest.mark.parametrize(
    ("choice", "kind", "url", "reason"),
    [
        (EngineChoice(), "opa", None, "needs an address"),
        (EngineChoice(), "embedded", "http://opa", "exclude each other"),
        (NAMED, None, "https://elsewhere:8181", "token or TLS files would go with it"),
        (EngineChoice(tls=Tls(ca_file=Path("ca"))), None, "https://opa:8181", "token or TLS files would go with it"),
        (EngineChoice("opa", "http://opa", tls=Tls(ca_file=Path("ca"))), None, None, "which speaks no TLS"),
    ],
)
def test_what_contradicts_itself_is_refused(
    choice: EngineChoice, kind: str | None, url: str | None, reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        chosen(choice, kind, url)


def test_a_ca_that_is_none_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    choice = EngineChoice("opa", "https://127.0.0.1:1", tls=Tls(ca_file=tmp_path / "none.pem"))

    with pytest.raises(ConfigError, match=r"CA file .*none\.pem cannot be used: No such file"):
        chosen_engine(PolicySet(()), choice, None, None)
