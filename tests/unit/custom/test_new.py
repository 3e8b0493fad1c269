"""`rules new`: a rule that is right at once, and no name that would get in the way of another."""

from pathlib import Path

import pytest

from scanner.cli.main import exit_code
from scanner.evaluate.policies import shipped_policies
from tests.opa_server import OPA, opa
from tests.tools.gate import need_tools


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_scaffold_passes_check_and_test(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["rules", "new", "ACME-001", "few", "--folder", "own", "--group", "acme"]) == 0
    assert exit_code(["rules", "check", "own"]) == 0
    assert exit_code(["rules", "test", "own"]) == 0

    assert Path("own/acme/few/few.rego").exists()
    assert "4 cases: 4 passed, 0 failed.\nLines reached: 13 of 13.\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["acme-1", "few"], "acme-1 is no id of a rule\n  -> It has 2 to 8 capitals"),
        (["MGP-950", "few"], "MGP-950 is an id of consul-scan's own rules\n  -> Take letters of your own"),
        (["ACME-001", "Few"], "Few is no name of a rule\n  -> It has small letters"),
        (["ACME-001", "../few"], "../few is no name of a rule"),
        (["ACME-001", "every"], "every is no name of a rule"),
        (["ACME-001", "few", "--group", "a/b"], "a/b is no group of a rule"),
        (["ACME-001", "mesh_entry"], "There is a rule MGP-301 mesh_entry already"),
    ],
)
def test_a_name_that_cannot_be_is_refused(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert exit_code(["rules", "new", *arguments]) == 2

    assert capsys.readouterr().err.startswith(f"Error: {told}")
    assert list(tmp_path.iterdir()) == []


def test_an_id_of_the_folder_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["rules", "new", "ACME-001", "few"]) == 0
    assert exit_code(["rules", "new", "ACME-001", "fewer"]) == 2

    assert "There is a rule ACME-001 few already" in capsys.readouterr().err


def test_nothing_is_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    cases = Path("extra/custom/few/few_cases.yaml")
    cases.parent.mkdir(parents=True)
    cases.write_text("mine")

    assert exit_code(["rules", "new", "ACME-001", "few"]) == 2

    assert f"{cases} would be overwritten" in capsys.readouterr().err
    assert [path.name for path in cases.parent.iterdir()] == [cases.name]
    assert cases.read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("extra").write_text("a file")

    assert exit_code(["rules", "new", "ACME-001", "few"]) == 2
    assert "extra/custom/few cannot be written: Not a directory" in capsys.readouterr().err


@pytest.mark.integration
def test_a_scaffold_is_formatted_and_compiles_strictly_beside_ours() -> None:
    need_tools(OPA)
    assert exit_code(["rules", "new", "ACME-001", "few"]) == 0

    assert opa("fmt", "--list", "extra").stdout == ""
    assert opa("check", "--strict", str(shipped_policies()), "extra/custom/few/few.rego").stderr == ""
