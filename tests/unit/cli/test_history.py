"""`consul-scan history`: read beside the daemon, safe whatever a name holds, and clear about what is not there."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.cli.main import exit_code
from scanner.findings.fingerprint import fingerprint
from scanner.findings.recording import Record
from scanner.findings.register import Register
from scanner.findings.store import SqliteStore
from scanner.model.document import Json, canonical_bytes, sha256
from tests.unit.findings.scans import RULES, SNAPSHOT, after, of_pair, result, scan

GATEWAY = result("MGP-205", "fail", message="a value of a wrong type")
PAIR = of_pair("fail")
HOSTILE = "gw\x1b[2J\x1b]0;owned\x07[red]\u202eevil\n\x9b31m\ud800"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    """A store that a daemon has open: a gateway resolved after 120 s, a pair open since 60 s, a pending one."""
    path = tmp_path / "findings.db"
    kept = SqliteStore(path)
    register = Register(kept, RULES, timedelta(days=90))
    waived = PAIR | {"waived_by": "w-1"}
    for number, told in enumerate([[GATEWAY], [GATEWAY, waived], [waived, result("MGP-204", "fail")]]):
        now = scan(*told, number=number)
        register.observe(now, SNAPSHOT, after(60 * number), lambda now=now: now)  # type: ignore[misc]
    yield path
    kept.close()


def shown(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert exit_code(["history", *arguments]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    return told.out


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert exit_code(["history", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    return told.err


def test_the_list_tells_what_when_and_how_many(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gateway, pending, pair = (fingerprint(each)[:12] for each in (GATEWAY, result("MGP-204", "fail"), PAIR))

    assert shown(["list", "--store", str(store)], capsys).splitlines() == [
        f"pending    {pending}  high  MGP-204 a_rule, gateway mesh-gateway of dc1",
        "  failing since 2026-11-22 09:02:00 UTC, not yet settled; last seen failing 2026-11-22 09:02:00 UTC",
        f"open       {pair}  high  MGP-303 a_rule, pair dc2 -> dc1",
        "  opened 2026-11-22 09:01:00 UTC; last seen failing 2026-11-22 09:02:00 UTC; waived by w-1",
        f"resolved   {gateway}  high  MGP-205 a_rule, gateway mesh-gateway of dc1",
        "  opened 2026-11-22 09:00:00 UTC; resolved 2026-11-22 09:02:00 UTC; last seen failing 2026-11-22 09:01:00 UTC",
        "",
        "3 findings: 1 pending, 1 open, 1 resolved",
    ]


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        ([], ["MGP-204", "MGP-205", "MGP-303"]),
        (["--open"], ["MGP-303"]),
        (["--rule", "mgp-205"], ["MGP-205"]),
        (["--rule", "A_Rule"], ["MGP-204", "MGP-205", "MGP-303"]),
        (["--rule", "MGP-999"], []),
        (["--cluster", "dc1"], ["MGP-204", "MGP-205", "MGP-303"]),
        (["--cluster", "dc2"], ["MGP-303"]),
        (["--cluster", "dc2", "--rule", "MGP-205"], []),
        (["--since", "2026-11-22"], ["MGP-204", "MGP-205", "MGP-303"]),
        (["--since", "2026-11-22T09:02:00"], ["MGP-204", "MGP-205", "MGP-303"]),
        (["--since", "2026-11-22T11:02:01+02:00"], []),
        (["--since", "2026-11-23"], []),
    ],
)
def test_the_list_is_narrowed(
    store: Path, capsys: pytest.CaptureFixture[str], given: list[str], rules: list[str]
) -> None:
    document = json.loads(shown(["list", "--store", str(store), "--format", "json", *given], capsys))

    assert document["schema_version"] == 1
    assert sorted(finding["rule"] for finding in document["findings"]) == rules


def test_a_list_of_nothing_says_so(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(["list", "--store", str(store), "--rule", "MGP-999"], capsys) == "No finding.\n"


def test_one_finding_is_told_with_each_transition_and_its_scan(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(["show", fingerprint(GATEWAY)[:6].upper(), "--store", str(store)], capsys)

    assert fingerprint(GATEWAY) in text
    assert "a value of a wrong type" in text
    assert re.findall(r"^(\w+)  2026-11-22 (\S+) UTC\n  (.*)\n  scan (\S+), embedded 0.13.0$", text, re.MULTILINE) == [
        ("opened", "09:00:00", "a value of a wrong type", "scan-0"),
        ("resolved", "09:02:00", "the subject is gone", "scan-2"),
    ]
    assert re.findall(r"^  snapshot [0-9a-f]{64}(.*)$", text, re.MULTILINE) == [" (kept)", ""]
    assert (text.count(f"policies {'b' * 64}"), text.count(f"results  {'c' * 64}")) == (2, 2)


def test_one_finding_as_json(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(shown(["show", fingerprint(PAIR), "--store", str(store), "--format", "json"], capsys))

    assert document.keys() == {"schema_version", "finding", "transitions"}
    assert document["finding"]["subject"] == PAIR["subject"]
    assert document["finding"]["opened_at"] == "2026-11-22T09:01:00.000+00:00"
    (opened,) = document["transitions"]
    assert (opened["event"], opened["at"]) == ("opened", "2026-11-22T09:01:00.000+00:00")
    assert opened["scan"]["scan_id"] == "scan-1"


def test_the_snapshot_of_an_opening_comes_out_as_it_was(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(shown(["show", fingerprint(PAIR), "--store", str(store), "--format", "json"], capsys))
    kept = found["transitions"][0]["scan"]["snapshot"]

    assert (
        shown(["snapshot", kept.upper(), "--store", str(store)], capsys).encode() == canonical_bytes(SNAPSHOT) + b"\n"
    )
    assert shown(["snapshot", kept, "--store", str(store), "-o", str(tmp_path / "then.json")], capsys) == ""
    assert json.loads((tmp_path / "then.json").read_text()) == SNAPSHOT


def test_the_config_file_names_the_store_and_the_option_goes_before_it(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "consul-scan.yaml"
    config.write_text("store: {path: findings.db}")
    assert "3 findings" in shown(["list", "--config", str(config)], capsys)

    config.write_text("store: {path: is-not-there.db}")
    monkeypatch.setenv("CONSUL_SCAN_CONFIG", str(config))
    assert "3 findings" in shown(["list", "--store", str(store)], capsys)
    assert "is-not-there.db is not there" in refused(["list"], capsys)

    config.write_text("rules: {}")
    assert f"{config} names no store" in refused(["list"], capsys)


def test_a_snapshot_with_half_a_surrogate_pair_comes_out_as_what_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot = {"clusters": {"dc1": {"name": HOSTILE, "other": "\u00fc\U0001f600"}}}
    kept = SqliteStore(tmp_path / "findings.db")
    Register(kept, RULES, timedelta(days=90)).observe(scan(GATEWAY, snapshot=snapshot), snapshot, after(0), scan)
    kept.close()
    given = ["snapshot", sha256(snapshot), "--store", str(tmp_path / "findings.db")]

    assert json.loads(shown(given, capsys)) == snapshot
    assert shown([*given, "-o", str(tmp_path / "then.json")], capsys) == ""
    assert json.loads((tmp_path / "then.json").read_bytes()) == snapshot


@pytest.mark.parametrize("command", [["list"], ["show", "abcd"], ["snapshot", "abcd"]])
def test_a_store_has_to_be_named_and_to_be_there(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONSUL_SCAN_CONFIG", raising=False)
    assert "No store is named" in refused(command, capsys)
    told = refused([*command, "--store", str(tmp_path / "gone.db")], capsys)
    assert "gone.db is not there" in told
    assert "  -> Name the file that `consul-scan serve` writes" in told


@pytest.mark.parametrize(
    ("called", "why"), [("ab", "too short"), ("0000", "No finding 0000 is kept"), ("%%%%", "No finding %%%% is kept")]
)
def test_a_finding_that_is_not_there(store: Path, called: str, why: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert why in refused(["show", called, "--store", str(store)], capsys)


def test_a_beginning_that_several_findings_have(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "findings.db"
    kept = SqliteStore(path)
    Register(kept, RULES, timedelta(days=90)).observe(scan(GATEWAY), SNAPSHOT, after(0), scan)
    (found,) = kept.findings().values()
    kept.record(Record(findings=[replace(found, fingerprint=found.fingerprint[:8] + "0" * 56)]))
    kept.close()

    assert "2 findings begin with" in refused(["show", found.fingerprint[:8], "--store", str(path)], capsys)


def test_a_snapshot_that_is_not_kept(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "No snapshot abcd is kept" in refused(["snapshot", "abcd", "--store", str(store)], capsys)


def test_a_snapshot_that_is_damaged(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(shown(["show", fingerprint(PAIR), "--store", str(store), "--format", "json"], capsys))
    kept = found["transitions"][0]["scan"]["snapshot"]
    writing(store, "UPDATE snapshots SET content = x'1f8b00'")

    assert "has a damaged snapshot" in refused(["snapshot", kept, "--store", str(store)], capsys)


def writing(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def test_what_left_the_config_is_withdrawn_and_not_green(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = SqliteStore(tmp_path / "findings.db")
    for second, rules in enumerate((RULES, ())):
        Register(kept, rules, timedelta(days=90)).observe(scan(*[GATEWAY][second:]), SNAPSHOT, after(second), scan)
    kept.close()

    head, times, *rest = shown(["list", "--store", str(tmp_path / "findings.db")], capsys).splitlines()
    assert head == f"withdrawn  {fingerprint(GATEWAY)[:12]}  high  MGP-205 a_rule, gateway mesh-gateway of dc1"
    assert "opened 2026-11-22 09:00:00 UTC; withdrawn 2026-11-22 09:00:01 UTC; last seen" in times
    assert rest == ["", "1 finding: 1 withdrawn"]
    monkeypatch.setattr("scanner.cli.history._view", lambda: (120, True))
    assert "\x1b[32m" not in shown(["list", "--store", str(tmp_path / "findings.db")], capsys)


@pytest.mark.parametrize("history_format", ["table", "json"])
def test_a_hostile_name_reaches_no_terminal(
    history_format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile: Json = result(
        "MGP-205", "fail", HOSTILE, message=HOSTILE, name=HOSTILE, partition=HOSTILE, waived_by=HOSTILE
    )
    hostile["caused_by"] = [{"rule": HOSTILE, "cluster": HOSTILE, "kind": HOSTILE, "id": HOSTILE}]
    path = tmp_path / "findings.db"
    kept = SqliteStore(path)
    Register(kept, RULES, timedelta(days=90)).observe(scan(hostile), SNAPSHOT, after(0), scan)
    kept.close()

    given = ["--store", str(path), "--format", history_format]
    listed = shown(["list", *given], capsys)
    told = shown(["show", fingerprint(hostile), *given], capsys)

    assert "owned" in listed
    assert "owned" in told
    assert all(character.isprintable() or character == "\n" for character in listed + told)
