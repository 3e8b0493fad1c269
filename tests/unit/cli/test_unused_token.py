"""A token of the environment goes to no cluster of a flag: who has one set is told, not left to wonder."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.cli.main import exit_code

NOWHERE = "http://127.0.0.1:1"
CLUSTERS = ["--cluster", f"dc1={NOWHERE}", "--cluster", f"dc2={NOWHERE}", "--token-file", "dc2=dc2.token"]
SECRET = "5ec2e7"

Run = Callable[..., str]


@pytest.fixture
def told(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    monkeypatch.chdir(tmp_path_factory.mktemp("user"))
    monkeypatch.delenv("CONSUL_HTTP_TOKEN", raising=False)
    Path("dc2.token").write_text("a-token-of-dc2", encoding="utf-8")

    def run(*arguments: str, **environment: str) -> str:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        assert exit_code(arguments) == 4
        return capsys.readouterr().err

    return run


@pytest.mark.parametrize("variable", ["CONSUL_HTTP_TOKEN", "CONSUL_HTTP_TOKEN_FILE"])
@pytest.mark.parametrize("command", ["audit", "export"])
def test_a_cluster_without_a_token_is_named(told: Run, command: str, variable: str) -> None:
    err = told(command, *CLUSTERS, **{variable: SECRET})

    assert f"Warning: dc1 is read without a token: {variable} goes to no cluster of --cluster\n" in err
    assert "  -> Give its token with --token-file dc1=PATH\n" in err
    assert SECRET not in err


def test_init_tells_it_too(told: Run) -> None:
    assert "Warning: dc1 is read without a token" in told(
        "init", "--cluster", f"dc1={NOWHERE}", CONSUL_HTTP_TOKEN=SECRET
    )


def test_nothing_is_told_where_no_token_is_set_or_each_cluster_has_one(told: Run) -> None:
    assert "Warning" not in told("audit", *CLUSTERS, CONSUL_HTTP_TOKEN="")
    assert "Warning" not in told("audit", *CLUSTERS, "--token-file", "dc1=dc2.token", CONSUL_HTTP_TOKEN=SECRET)
