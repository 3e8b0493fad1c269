"""`consul-scan rules`: from METADATA alone, and what is not there is refused with what is near."""

import json
from pathlib import Path

import pytest

from scanner.cli.main import exit_code
from scanner.model.rule import Rule
from scanner.wiring import known_rules

CUSTOM = """# METADATA
# title: "Ours \\e[31m is red"
# description: d
# custom:
#   id: OUR-001
#   severity: low
#   document: []
#   needs: [mesh]
#   judges: {kind: cluster, two_sided: false}
#   not_applicable: never
#   in_consul: i
#   mend: text
package compliance.rules.ours.custom

subject contains {} if false

violation contains {} if false
"""


@pytest.fixture
def rules() -> tuple[Rule, ...]:
    return known_rules(())


def shown(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert exit_code(["rules", *arguments]) == 0
    return capsys.readouterr().out


def test_the_list_has_a_line_for_each_rule(rules: tuple[Rule, ...], capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(["list"], capsys).splitlines()

    assert [line.split()[:3] for line in lines] == [[rule.id, rule.name, rule.severity] for rule in rules]
    assert [line.rpartition("  ")[2] for line in lines] == [rule.title for rule in rules]
    assert any("  D07 D14  " in line for line in lines)


def test_the_list_as_json(rules: tuple[Rule, ...], capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(shown(["list", "--format", "json"], capsys))

    assert document["schema_version"] == 1
    assert [rule["id"] for rule in document["rules"]] == [rule.id for rule in rules]
    assert document["rules"][0].keys() == {"id", "name", "severity", "title", "document"}


@pytest.mark.parametrize("called", ["MGP-406", "mgp-406", "stream_healthy"])
def test_a_rule_is_told_whole(called: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = " ".join(shown(["show", called], capsys).split())

    assert told.startswith("MGP-406 stream_healthy high The peering stream is alive")
    for part in (
        "D16 (R1, R2): Gateways of the accepting side become known",
        "ACTIVE means only that a stream object is connected.",
        "Each peering is ACTIVE, and a heartbeat",
        "judges: each peering needs: peerings; where one could not be read the verdict is unknown",
        "not applicable where: the cluster has no peering",
        "max_heartbeat_age_seconds (integer, default 45): how old the last sign of life",
        "MGP-501: The accepting servers listen on a gRPC TLS port",
        "After it failed for 210 s",
        "The finding says what to change",
        "https://github.com/hashicorp/consul/issues/22868",
    ):
        assert part in told


def test_each_rule_can_be_told(rules: tuple[Rule, ...], capsys: pytest.CaptureFixture[str]) -> None:
    for rule in rules:
        assert shown(["show", rule.id], capsys).startswith(f"{rule.id} {rule.name}  {rule.severity}\n")


def test_a_rule_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(shown(["show", "MGP-301", "--format", "json"], capsys))

    assert document["rule"]["mend"] == "commands"
    assert document["rule"]["document"] == list(document["statements"]) == ["D07", "D14"]
    assert document["statements"]["D07"]["revisions"] == ["R1", "R2"]


def test_a_rule_that_is_not_there_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["rules", "show", "mgp-300"]) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Error: There is no rule mgp-300\n  -> Did you mean MGP-30")


def test_rules_of_others_are_told_too_and_cannot_reach_the_terminal_raw(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra" / "custom.rego").write_text(CUSTOM)
    (tmp_path / "c.yaml").write_text("policies: [extra]\n")

    told = shown(["show", "OUR-001", "--config", str(tmp_path / "c.yaml")], capsys)

    assert "Ours \\x1b[31m is red" in told
    assert "Nothing: this rule goes beyond the document." in told
    assert "At once: nothing of this mends itself." in told
