"""`rules check`: each refusal with file, line, reason and what to write instead; exit code 2."""

import json
from pathlib import Path

import pytest

from scanner.cli.main import exit_code

RULE = "extra/custom/enough_servers/enough_servers.rego"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder with a rule that is right."""
    monkeypatch.chdir(tmp_path)
    assert exit_code(["rules", "new", "ACME-001", "enough_servers"]) == 0
    capsys.readouterr()


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = exit_code(["rules", "check", *(arguments or ["extra"])])
    return code, capsys.readouterr().out.splitlines()


def test_a_scaffold_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(capsys) == (0, ["1 file checked, 0 faults."])


@pytest.mark.parametrize(
    ("wrong", "line", "told"),
    [
        (("needs: [servers]", "needs: [severs]"), 8, "METADATA: $.custom.needs[0]: 'severs' is not one of ['access'"),
        (("severity: low", "severity: lowest"), 6, "METADATA: $.custom.severity: 'lowest' is not one of ['critical'"),
        (("mend: text", "mends: text"), 4, "METADATA: $.custom: "),
        (("default: 1,", "default: one,"), 1, "METADATA: the default of parameter minimum_servers is 'one'; It has to"),
        (("default: 1,", "default: true,"), 1, "METADATA: the default of parameter minimum_servers is True; It has to"),
        (("document: []", "document: [D99]"), 7, "it encodes D99, which is no statement of the document; write []"),
        (("id: ACME-001", "id: MGP-399"), 5, "METADATA: $.custom.id: MGP-399 is an id of consul-scan's own rules; Tak"),
        (("mend: text", "follows_from: [MGP-999]\n#   mend: text"), 12, "it follows from MGP-999, which is no rule"),
        (("rules.custom.enough_servers", "rules.mesh.mesh_entry"), 15, "(package compliance.rules.mesh.mesh_entry) wo"),
        (("rules.custom.enough_servers", "rules.custom"), 1, "compliance.rules.custom is no package of a rule"),
        (("count(input", 'http["send"](input'), 28, "a function is called by a computed name; write its name"),
        (("count(input", "http.send(input"), 28, "http.send is no function here and no portable builtin; see"),
        (("servers < _minimum", "servers < minimum"), 29, "it does not compile: "),
        (("servers < _minimum", "servers < "), 30, "it does not compile: "),
        (("# METADATA", "#"), 1, "no METADATA above its package; A rule starts with"),
        (("violation contains", "violations contains"), 1, "the rule has no set `violation`; Add `violation contains"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    wrong: tuple[str, str], line: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = Path(RULE).read_text()
    assert wrong[0] in text
    Path(RULE).write_text(text.replace(*wrong))

    code, lines = checked(capsys)

    assert code == 2
    assert any(one.startswith(f"{RULE}:{line}: {told}") for one in lines), lines


def test_two_folders_cannot_declare_one_package(capsys: pytest.CaptureFixture[str]) -> None:
    Path("more").mkdir()
    Path("more/other.rego").write_text(Path(RULE).read_text())

    code, lines = checked(capsys, "extra", "more")

    assert code == 2
    assert any(line.startswith("more/other.rego:15: (package compliance.rules.custom.enough") for line in lines)


def test_two_rules_cannot_share_a_package(capsys: pytest.CaptureFixture[str]) -> None:
    Path("extra/second.rego").write_text(Path(RULE).read_text().replace("ACME-001", "ACME-002"))
    shared = "2 rules share the package compliance.rules.custom.enough_servers; give each a package of its own"

    assert checked(capsys) == (
        2,
        [f"{RULE}:15: {shared}", f"extra/second.rego:15: {shared}", "2 files checked, 2 faults."],
    )
    assert exit_code(["rules", "test", "extra"]) == 2
    assert "Rule ACME-001 shares its package with another rule" in capsys.readouterr().err


def test_two_rules_cannot_share_an_id(capsys: pytest.CaptureFixture[str]) -> None:
    Path("extra/second.rego").write_text(Path(RULE).read_text().replace("custom.enough", "custom.more"))
    shared = "the id ACME-001 is used by 2 rules; give it one that nobody has, and never had"

    code, lines = checked(capsys)

    assert (code, lines[:2]) == (2, [f"{RULE}:5: {shared}", f"extra/second.rego:5: {shared}"])


def test_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    Path(RULE).write_text(Path(RULE).read_text().replace("count(", "opa.runtime("))

    code, lines = checked(capsys, "extra", "--format", "json")
    document = json.loads("\n".join(lines))

    assert code == 2
    assert document["checked"] == 1
    assert [(fault["path"], fault["line"]) for fault in document["faults"]] == [(RULE, 28)]


def test_the_folders_of_a_config(capsys: pytest.CaptureFixture[str]) -> None:
    Path("scan.yaml").write_text("policies: [extra]\n")

    assert checked(capsys, "--config", "scan.yaml") == (0, ["1 file checked, 0 faults."])


def test_no_folder_at_all_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["rules", "check"]) == 2
    assert capsys.readouterr().err.startswith("Error: No folder of rules is named\n  -> Name one")
