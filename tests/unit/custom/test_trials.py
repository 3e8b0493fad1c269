"""`rules test`: each case that fails is told readably, each file that cannot be used refused; 0, 1 or 2."""

import json
import shutil
from pathlib import Path

import pytest

from scanner.cli.main import exit_code
from scanner.evaluate.policies import shipped_policies
from scanner.evaluate.recorded import recorded_snapshots
from tests.opa_server import OPA, opa_server
from tests.tools.gate import need_tools

RULE = Path("extra/custom/few/few.rego")
CASES = Path("extra/custom/few/few_cases.yaml")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_code(["rules", "new", "ACME-001", "few"]) == 0
    capsys.readouterr()


def replaced(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def run(*arguments: str) -> int:
    return exit_code(["rules", "test", *(arguments or ["extra"])])


def test_a_case_that_fails_shows_what_was_expected_and_what_was_seen(capsys: pytest.CaptureFixture[str]) -> None:
    replaced(CASES, "evidence: {servers: 0, minimum: 1}", "evidence: {servers: 5}")

    seen = (
        "{status: fail, cluster: dc1, kind: cluster, id: dc1, message: 'dc1 has 0 servers, fewer than 1', "
        "evidence: {minimum: 1, servers: 0}}"
    )
    assert run() == 1
    assert capsys.readouterr().out.splitlines() == [
        f"FAILED {CASES}: ACME-001: a cluster without servers",
        "  expected, but not seen: {status: fail, cluster: dc1, evidence: {servers: 5}}",
        f"  seen, but not expected: {seen}",
        "4 cases: 3 passed, 1 failed.",
        "Lines reached: 13 of 13.",
    ]


def test_lines_that_no_case_reaches_and_answers_that_none_shows_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    whole = CASES.read_text()
    CASES.write_text(whole[: whole.index("  - name: fewer servers")])

    assert run() == 0
    assert capsys.readouterr().out.splitlines() == [
        "1 case: 1 passed, 0 failed.",
        "Lines reached: 7 of 13.",
        f"  never reached: {RULE}:26, 30, 31, 32, 33, 34",
        "Note: no case shows ACME-001 fail.",
    ]


def test_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    replaced(CASES, "fewer than 3", "fewer than 4")

    assert run("extra", "--format", "json") == 1
    document = json.loads(capsys.readouterr().out)

    assert (document["schema_version"], document["passed"], document["failed"]) == (1, 3, 1)
    assert document["coverage"] == {RULE.as_posix(): {"reached": 13, "lines": 13, "missed": []}}
    assert [len(case["missing"]) for case in document["cases"]] == [0, 2, 0, 0]
    assert document["cases"][1]["unexpected"][0]["evidence"] == {"servers": 1, "minimum": 3}


def test_a_rule_that_errs_fails_its_case(capsys: pytest.CaptureFixture[str]) -> None:
    replaced(RULE, "servers < _minimum", "servers / 0 < _minimum")

    assert run() == 1
    assert "seen, but not expected: {status: error, cluster: '', kind: rule, id: ACME-001" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "rule: ACME-001",
            "rule: ACME-002",
            "case 'a healthy pair': there is no rule ACME-002\n  -> Did you mean ACME-",
        ),
        ("rule: ACME-001", "role: ACME-001", "$: "),
        (
            "minimum_servers: 3",
            "minimum: 3",
            "'fewer servers than asked for': Rule ACME-001 has no parameter minimum\n",
        ),
        (
            "minimum_servers: 3",
            "minimum_servers: x",
            "Parameter minimum_servers of rule ACME-001 is 'x'\n  -> It has to",
        ),
        ("/clusters/dc1/servers, to: {}", "/clusters/dc9/servers, to: {}", "a change leads nowhere: there is no 'dc9'"),
        ("/clusters/dc1/servers, to: {}", "/clusters/dc1/servers, to: 1", "what its changes make is no snapshot: $.cl"),
        ("base: healthy-pair", "base: gone", "The base snapshot gone cannot be read"),
        ("cases:", "cases: [", "few_cases.yaml cannot be read: while parsing"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    before: str, after: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    replaced(CASES, before, after)

    assert run() == 2
    assert told in capsys.readouterr().err


def test_no_case_at_all_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    CASES.unlink()

    assert run() == 2
    assert "Error: There are no cases below extra" in capsys.readouterr().err


def test_cases_can_start_from_a_snapshot_of_ones_own() -> None:
    shutil.copy(recorded_snapshots() / "broken-pair.json", CASES.parent / "mine.json")
    replaced(CASES, "base: healthy-pair", "base: mine.json")

    assert run() == 0


@pytest.mark.integration
def test_an_opa_server_gives_the_same_and_says_that_it_knows_no_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    need_tools(OPA)
    shutil.copytree(shipped_policies(), "bundle")
    shutil.copytree("extra", "bundle", dirs_exist_ok=True)
    with opa_server(Path("bundle"), tmp_path) as url:
        assert run("extra", "--opa-url", url) == 0
        replaced(CASES, "fewer than 3", "fewer than 4")
        assert run("extra", "--opa-url", url) == 1

    out = capsys.readouterr().out
    assert "4 cases: 4 passed, 0 failed.\nLines reached: an OPA server does not tell; --engine embedded does.\n" in out
    assert "expected, but not seen: {status: fail, cluster: dc1, message: 'dc1 has 1 servers, fewer than 4'}" in out
