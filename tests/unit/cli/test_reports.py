"""Several reports of one run, and stored results rendered again: the same bytes, and nothing twice to one place."""

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.cli import source
from scanner.cli.main import exit_code
from scanner.publish.formats import RENDERERS
from scanner.wiring import known_rules
from tests.policies.cases import DATA

AUDIT = ["audit", "--config", str(DATA / "demo.yaml"), "--snapshot", str(DATA / "broken-pair.json")]


def options(folder: Path) -> list[str]:
    """Return a --format option for each format, with a file in a folder."""
    return [part for name in RENDERERS for part in ("--format", f"{name}={folder / name}")]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of one audit in every format."""
    folder = tmp_path_factory.mktemp("audited")
    assert exit_code([*AUDIT, *options(folder)]) == 1
    return folder


def test_one_audit_writes_every_format(audited: Path) -> None:
    written = contents(audited)
    assert set(written) == set(RENDERERS)
    assert all(b"MGP-301" in text for text in written.values())


def test_results_tell_what_their_rules_are_about(audited: Path) -> None:
    rules = {rule.id: rule for rule in known_rules(())}
    told = json.loads((audited / "json").read_bytes())["rules"]
    assert set(told) == set(rules)
    assert told["MGP-301"] == {
        "title": rules["MGP-301"].title,
        "description": rules["MGP-301"].description,
        "in_consul": rules["MGP-301"].in_consul,
    }
    assert rules["MGP-301"].title in (audited / "sarif").read_text()


def test_a_report_on_stored_results_has_the_same_bytes(audited: Path, tmp_path: Path) -> None:
    assert exit_code(["report", str(audited / "json"), *options(tmp_path)]) == 0
    assert contents(tmp_path) == contents(audited)


def test_results_can_come_from_standard_input(
    audited: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((audited / "json").read_bytes())))
    assert exit_code(["report", "-", "--format", "markdown"]) == 0
    assert capfdbinary.readouterr().out == (audited / "markdown").read_bytes()


def test_a_snapshot_can_come_from_standard_input_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((DATA / "broken-pair.json").read_bytes())))
    assert exit_code(["audit", "--snapshot", "-", "--format", "github"]) == 1
    assert "MGP-301" in capsys.readouterr().out


def test_standard_input_that_holds_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    assert exit_code(["report", "-"]) == 2
    assert "Standard input is not JSON" in capsys.readouterr().err


def test_without_an_option_the_table_is_printed(audited: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert exit_code(["report", str(audited / "json")]) == 0
    assert capfdbinary.readouterr().out == (audited / "table").read_bytes()


def test_output_is_for_the_format_that_names_no_file(
    audited: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    arguments = ["-f", "table", "-f", f"junit={tmp_path / 'j'}", "-o", str(tmp_path / "t")]
    assert exit_code(["report", str(audited / "json"), *arguments]) == 0
    assert contents(tmp_path) == {"t": (audited / "table").read_bytes(), "j": (audited / "junit").read_bytes()}
    assert capfdbinary.readouterr().out == b""


def test_a_file_name_may_hold_an_equals_sign(audited: Path, tmp_path: Path) -> None:
    assert exit_code(["report", str(audited / "json"), "-f", f"json={tmp_path / 'a=b'}"]) == 0
    assert contents(tmp_path) == {"a=b": (audited / "json").read_bytes()}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-f", "srif"], "There is no format srif\n  -> Did you mean sarif?"),
        (["-f", "sarif="], "--format sarif= names no file\n  -> Write --format sarif=FILE, or --format sarif."),
        (
            ["-f", "table", "-f", "json"],
            "table and json would both go to standard output\n  -> Give one a file of its own: --format json=FILE.",
        ),
        (["-f", "table", "-f", "table"], "table and table would both go to standard output"),
        (["-f", "table", "-f", "json=-"], "table and json would both go to standard output"),
        (["-f", "table", "-f", "json", "-o", "a"], "table and json would both go to a"),
        (["-f", "json=a", "-f", "sarif=./b/../a"], "json and sarif would both go to ./b/../a"),
        (["-f", "table", "-o", "a", "-f", "json=a"], "table and json would both go to a"),
        (["-f", "json=a", "-o", "b"], "--output b is for a format that names no file, and each one does"),
    ],
)
def test_nonsense_is_refused_before_any_cluster_is_read(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(source, "live_snapshot", _no_cluster_may_be_read)
    assert exit_code(["audit", "--cluster", "dc1=http://127.0.0.1:1", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert told in captured.err
    assert list(tmp_path.iterdir()) == []


def _no_cluster_may_be_read(*_arguments: object) -> None:
    raise AssertionError


def test_a_link_to_the_same_file_is_the_same_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "link").symlink_to("real")
    arguments = ["-f", f"json={tmp_path / 'real'}", "-f", f"sarif={tmp_path / 'link'}"]
    assert exit_code([*AUDIT, *arguments]) == 2
    assert "json and sarif would both go to" in capsys.readouterr().err


def test_where_one_report_cannot_be_written_none_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["-f", f"json={tmp_path / 'a'}", "-f", "table", "-f", f"sarif={tmp_path / 'no' / 'b'}"]
    assert exit_code([*AUDIT, *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"cannot be written to {tmp_path / 'no' / 'b'}: No such file" in captured.err
    assert contents(tmp_path) == {}


Change = Callable[[str], str]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda _: "{", "is not JSON"),
        (lambda _: "[" * 100_000, "is nested too deeply"),
        (lambda text: text[: len(text) // 2], "is not JSON"),
        (lambda _: "[]", "holds no results: $: [] is not of type 'object'"),
        (lambda _: (DATA / "broken-pair.json").read_text(), "holds no results: $"),
        (lambda text: text.replace('"schema_version": 1', '"schema_version": 2'), "is of schema version 2"),
        (lambda text: text.replace('"status": "fail"', '"status": "bad"'), "holds no results: $.results["),
        (lambda text: text.replace('"exit_code": 1', '"exit_code": NaN'), "is not JSON"),
    ],
)
def test_what_is_no_results_document_is_refused(
    change: Change, told: str, audited: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = tmp_path / "results.json"
    stored.write_text(change((audited / "json").read_text()))
    assert exit_code(["report", str(stored), "-o", str(tmp_path / "out")]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("Error: ")
    assert told in captured.err
    assert "  -> " in captured.err
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["report", str(tmp_path / "none.json")]) == 2
    assert "none.json cannot be read: No such file or directory" in capsys.readouterr().err


def test_results_of_an_older_scanner_that_told_nothing_of_rules_are_read(audited: Path, tmp_path: Path) -> None:
    older = json.loads((audited / "json").read_text())
    del older["rules"]
    (tmp_path / "older.json").write_text(json.dumps(older))
    assert exit_code(["report", str(tmp_path / "older.json"), "-f", "sarif", "-o", os.devnull]) == 0
