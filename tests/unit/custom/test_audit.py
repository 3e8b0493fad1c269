"""A custom rule in an audit: its parameters are typed and checked as ours are."""

from pathlib import Path

import pytest

from scanner.cli.main import exit_code
from scanner.evaluate.recorded import recorded_snapshots


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_code(["rules", "new", "ACME-001", "few"]) == 0
    capsys.readouterr()


def audited(parameters: str) -> int:
    Path("scan.yaml").write_text(f"policies: [extra]\nparameters:\n  ACME-001: {parameters}\n")
    snapshot = str(recorded_snapshots() / "healthy-pair.json")
    return exit_code(["audit", "--config", "scan.yaml", "--snapshot", snapshot, "--fail-on", "low"])


def test_a_custom_rule_judges_by_its_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    assert audited("{minimum_servers: 3}") == 1
    assert "dc1 has 1 servers, fewer than 3" in capsys.readouterr().out


def test_our_ids_are_ours(capsys: pytest.CaptureFixture[str]) -> None:
    """One that is free now may be taken by the next version."""
    rule = Path("extra/custom/few/few.rego")
    rule.write_text(rule.read_text().replace("ACME-001", "MGP-399"))

    assert audited("{}") == 2
    assert "MGP-399 is an id of consul-scan's own rules" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        (
            "{minimum_servers: three}",
            "Parameter minimum_servers of rule ACME-001 is 'three'\n  -> It has to be of type",
        ),
        ("{minimum_servers: true}", "Parameter minimum_servers of rule ACME-001 is True\n  -> It has to be of type"),
        ("{minimum_server: 3}", "Rule ACME-001 has no parameter minimum_server\n  -> Did you mean minimum_servers?"),
    ],
)
def test_a_parameter_that_is_not_so_is_refused(parameters: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert audited(parameters) == 2
    assert told in capsys.readouterr().err
