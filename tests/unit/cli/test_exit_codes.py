"""Each way to go wrong ends in its documented code, with a message that names the object and the next step."""

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from scanner.cli import main
from scanner.cli.main import exit_code
from scanner.errors import ScanError
from scanner.evaluate import verdicts
from tests.policies.cases import DATA, base_snapshot, changed

HEALTHY = str(DATA / "healthy-pair.json")
BROKEN = str(DATA / "broken-pair.json")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["audit", "--snapshot", HEALTHY, "--config", str(DATA / "demo.yaml")], 0),
        (["audit", "--snapshot", BROKEN], 1),
        (["audit", "--snapshot", BROKEN, "--fail-on", "critical"], 1),
        (["--version"], 0),
        (["audit", "--help"], 0),
        ([], 2),
        (["audit", "--frmat", "json"], 2),
        (["judge"], 2),
        (["audit", "--snapshot", HEALTHY, "--path-window", "16"], 2),
        (["audit", "--snapshot", HEALTHY, "--path-window", "15.9"], 2),
        (["audit", "--snapshot", HEALTHY, "--path-window", "3601"], 2),
        (["audit", "--snapshot", HEALTHY, "--path-window", "nan"], 2),
        (["export", "--path-window", "15.9"], 2),
    ],
)
def test_the_verdict_or_the_usage_decides_the_code(arguments: list[str], code: int) -> None:
    assert exit_code(arguments) == code


Make = Callable[[Path], list[str]]


def config(text: str) -> Make:
    def write(folder: Path) -> list[str]:
        (folder / "c.yaml").write_text(text)
        return ["audit", "--snapshot", HEALTHY, "--config", str(folder / "c.yaml")]

    return write


def stored(change: Callable[[str], str]) -> Make:
    def write(folder: Path) -> list[str]:
        (folder / "s.json").write_text(change(Path(HEALTHY).read_text()))
        return ["audit", "--snapshot", str(folder / "s.json")]

    return write


def web(text: str) -> Make:
    def write(folder: Path) -> list[str]:
        (folder / "web.yaml").write_text(text)
        return ["serve", "--listen", "0.0.0.0:9118", "--web-config", str(folder / "web.yaml")]

    return write


def policy(text: str) -> Make:
    def write(folder: Path) -> list[str]:
        (folder / "extra").mkdir()
        (folder / "extra" / "x.rego").write_text(text)
        return config("policies: [extra]\n")(folder)

    return write


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (config("rulez: {}\n"), "c.yaml:1: rulez is not a known key\n  -> Did you mean rules?"),
        (config("rules: {disabled: [MGP-300]}\n"), "There is no rule MGP-300\n  -> Did you mean MGP-30"),
        (config("rules: {severity: {MGP-999: low}}\n"), "There is no rule MGP-999\n  -> "),
        (config("parameters: {MGP-406: {max_age: 3}}\n"), "Rule MGP-406 has no parameter max_age\n  -> "),
        (
            config("parameters: {MGP-406: {max_heartbeat_age_seconds: true}}\n"),
            "Parameter max_heartbeat_age_seconds of rule MGP-406 is True\n  -> It has to be of type integer.",
        ),
        (config("engine: {kind: opa}\n"), "The engine opa needs an address\n  -> Name it with --opa-url"),
        (stored(lambda text: text.replace('"schema_version": 1', '"schema_version": 2')), "is of schema version 2"),
        (stored(lambda text: text[:100]), "is not JSON"),
        (stored(lambda _: "[]"), "is no snapshot: $: [] is not of type 'object'"),
        (stored(lambda text: text.replace('"state": "ACTIVE"', '"state": "GREAT"')), "is no snapshot: $.clusters"),
        (lambda folder: ["audit", "--snapshot", str(folder / "none.json")], "none.json cannot be read: No such file"),
        (policy("package x\n\ny := {\n"), "A policy does not compile:\n--> x.rego:4:1"),
        (policy("package x\n\ny if some n in inptu.clusters\n"), "A policy does not compile:\n--> x.rego:3"),
        (policy("package x\n\ny := time.now_ns()\n"), "x.rego:3: time.now_ns is no function here"),
        (policy("package compliance.main\n"), "would shadow compliance/main/main.rego"),
        (policy("package compliance.rules.x.y\n"), "x.rego: no METADATA above its package"),
        (
            lambda folder: ["audit", "--snapshot", HEALTHY, "-o", str(folder / "no" / "r.json")],
            "cannot be written to",
        ),
        (lambda _: ["audit", "--snapshot", HEALTHY, "--cluster", "a=http://127.0.0.1:1"], "exclude each other"),
        (
            lambda _: ["audit", "--snapshot", HEALTHY, "--engine", "embedded", "--opa-url", "http://127.0.0.1:1"],
            "--engine embedded and --opa-url exclude each other",
        ),
        (
            lambda _: ["export", "--config", "c.yaml", "--cluster", "a=http://127.0.0.1:1"],
            "--config (or CONSUL_SCAN_CONFIG) and --cluster, --token-file, --ca-file exclude each other",
        ),
        (lambda _: ["serve", "--listen", "0.0.0.0:9118"], "0.0.0.0 is not a loopback address"),
        (web("{}"), "asks nobody who they are, and 0.0.0.0 is not a loopback address"),
        (
            web("basic_auth_user: {}"),
            "web.yaml:1: basic_auth_user is not a known key\n  -> Did you mean basic_auth_users?",
        ),
    ],
)
def test_what_cannot_be_used_is_told_and_ends_in_2(
    make: Make, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(make(tmp_path)) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Error: ")
    assert told in captured.err


def test_an_engine_that_is_not_there_ends_in_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["audit", "--snapshot", HEALTHY, "--opa-url", "http://127.0.0.1:1"]) == 3

    assert capsys.readouterr().err == (
        "Error: OPA at http://127.0.0.1:1 cannot be asked: Connection refused\n"
        "  -> Is it running, and is that its address?\n"
    )


UNHEARD = [{"set": "/clusters/*/peerings/*/last_heartbeat_ns", "to": None}]

ERRING = """# METADATA
# title: A heartbeat has an age
# description: Of each peering it can be told how old its last heartbeat is.
# custom:
#   id: OWN-001
#   severity: low
#   document: []
#   needs: [peerings]
#   judges: {kind: cluster, two_sided: false}
#   not_applicable: there is no cluster
#   in_consul: A peering that nobody heard of yet has no heartbeat, and no engine subtracts null.
#   mend: text
package compliance.rules.own.heartbeat_age

import data.compliance.lib.subjects

subject contains s if {
	some name, _ in input.clusters
	s := subjects.of_cluster(name)
}

violation contains v if {
	some judged in subject
	some peering in input.clusters[judged.id].peerings
	input.clusters[judged.id].now_ns - peering.last_heartbeat_ns < 0
	v := {"subject": judged, "message": "a heartbeat of the future"}
}
"""


def test_a_rule_that_errs_ends_in_3_and_the_others_are_told(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps(changed(base_snapshot("healthy-pair"), UNHEARD)))
    policy(ERRING)(tmp_path)
    asked = ["--snapshot", str(tmp_path / "s.json"), "--config", str(tmp_path / "c.yaml")]

    assert exit_code(["audit", *asked, "-o", str(tmp_path / "r"), "--format", "json"]) == 3

    results = json.loads((tmp_path / "r").read_text())
    assert {result["rule"] for result in results["results"] if result["status"] == "error"} == {"OWN-001"}
    assert results["summary"]["pass"] > 10


def test_a_cluster_that_is_gone_ends_in_4(tmp_path: Path) -> None:
    out = tmp_path / "r.json"

    assert exit_code(["audit", "--cluster", "a=http://127.0.0.1:1", "--format", "json", "-o", str(out)]) == 4

    assert json.loads(out.read_text())["clusters"]["a"]["status"] == "unreachable"


def test_an_export_of_a_cluster_that_is_gone_is_written_and_ends_in_4(tmp_path: Path) -> None:
    out = tmp_path / "s.json"

    assert exit_code(["export", "--cluster", "a=http://127.0.0.1:1", "-o", str(out)]) == 4

    assert json.loads(out.read_text())["clusters"]["a"]["collection"]["mesh"]["status"] == "error"


def test_an_export_takes_its_samples_a_window_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    windows: list[float] = []

    def recorded(_config: object, _report: object, path_window_s: float) -> object:
        windows.append(path_window_s)
        return json.loads(Path(HEALTHY).read_text())

    monkeypatch.setattr("scanner.cli.export.live_snapshot", recorded)
    cluster = ["export", "--cluster", "a=http://127.0.0.1:1", "-o", str(tmp_path / "s.json")]
    assert exit_code([*cluster, "--path-window", "16"]) == exit_code(cluster) == 0

    assert windows == [16.0, 0.0]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, click.Abort])
def test_an_interruption_ends_in_130(
    monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise interruption

    monkeypatch.setattr(verdicts, "canonical_bytes", interrupted)

    assert exit_code(["audit", "--snapshot", HEALTHY]) == 130
    assert capsys.readouterr().err.strip() == "Interrupted."


def test_a_bug_ends_in_3_with_its_trace(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def bug(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(verdicts, "canonical_bytes", bug)

    assert exit_code(["audit", "--snapshot", HEALTHY]) == 3
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_what_a_cluster_says_cannot_reach_the_terminal_raw(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def hostile(*_: object, **__: object) -> None:
        raise ScanError("bad \x1b[31mname", "do \x07this")

    monkeypatch.setattr(main.cli, "main", hostile)

    assert exit_code([]) == 2
    assert capsys.readouterr().err == "Error: bad \\x1b[31mname\n  -> do \\x07this\n"
