"""`audit --rule`, `--only-cluster`, `--severity` and `--fail-coverage-below`, on recorded pairs."""

import json
from pathlib import Path

import pytest

from scanner.cli.main import exit_code
from scanner.model.document import Json
from scanner.schemas import fault
from tests.policies.cases import DATA

DEMO = str(DATA / "demo.yaml")
BROKEN = DATA / "broken-pair.json"
WORDED = ("table", "markdown", "github", "sarif")


def audit(capsys: pytest.CaptureFixture[str], *options: str, snapshot: Path = BROKEN) -> tuple[int, Json]:
    code = exit_code(["audit", "-c", DEMO, "--snapshot", str(snapshot), "--format", "json", *options])
    document: Json = json.loads(capsys.readouterr().out)
    return code, document


def judged(document: Json) -> list[tuple[str, str, str]]:
    return [(one["rule"], one["subject"]["cluster"], one["status"]) for one in document["results"]]


def unreachable(folder: Path, name: str) -> Path:
    """Return the broken pair with one cluster that gave no answer."""
    snapshot = json.loads(BROKEN.read_text())
    cluster = snapshot["clusters"][name]
    for section, read in cluster["collection"].items():
        read |= {"status": "error", "detail": "gone"}
        if section in cluster:
            cluster[section] = None
    path = folder / "snapshot.json"
    path.write_text(json.dumps(snapshot))
    return path


def test_a_whole_audit_speaks_of_no_filter(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = audit(capsys)

    assert code == 1
    assert "filter" not in document
    assert len(document["results"]) > 50


def test_only_what_was_selected_is_told_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = audit(capsys, "--rule", "mgp-301", "--rule", "consul_version", "--only-cluster", "dc2")

    assert code == 0, "what fails is in dc1"
    assert set(judged(document)) == {("MGP-301", "dc2", "pass"), ("MGP-101", "dc2", "pass")}
    assert document["filter"] == {"rules": ["MGP-301", "MGP-101"], "clusters": ["dc2"], "severity": None}
    assert (document["summary"]["fail"], document["summary"]["coverage"]) == (0, 1.0)
    assert list(document["clusters"]) == ["dc2"]
    assert fault(document, "results") is None


def test_a_result_is_the_same_as_in_a_whole_audit(capsys: pytest.CaptureFixture[str]) -> None:
    _, whole = audit(capsys)
    code, part = audit(capsys, "--rule", "MGP-303", "--only-cluster", "dc1")

    assert code == 1
    assert [one["caused_by"][0]["rule"] for one in part["results"]] == ["MGP-301"]
    assert part["results"] == [one for one in whole["results"] if one["rule"] == "MGP-303"]
    assert set(part["clusters"]) == {"dc1", "dc2"}, "a pair has two ends"


def test_a_blind_token_is_told_whatever_rules_are_selected(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    snapshot = json.loads(BROKEN.read_text())
    snapshot["clusters"]["dc1"]["collection"]["peerings"] |= {"status": "denied", "missing": ["peering:read"]}
    snapshot["clusters"]["dc1"]["peerings"] = None
    (tmp_path / "s.json").write_text(json.dumps(snapshot))

    _, document = audit(capsys, "--rule", "MGP-701", "--only-cluster", "dc1", snapshot=tmp_path / "s.json")

    assert judged(document) == [("MGP-701", "dc1", "fail")]


def test_severity_takes_this_and_worse(capsys: pytest.CaptureFixture[str]) -> None:
    _, document = audit(capsys, "--severity", "high")

    assert {one["severity"] for one in document["results"]} == {"critical", "high"}


def test_a_cluster_that_is_gone_counts_only_where_it_was_selected(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    snapshot = unreachable(tmp_path, "dc2")

    assert audit(capsys, snapshot=snapshot)[0] == 4
    assert audit(capsys, "--only-cluster", "dc2", snapshot=snapshot)[0] == 4
    assert audit(capsys, "--only-cluster", "dc1", snapshot=snapshot)[0] == 1


@pytest.mark.parametrize(
    ("share", "code"),
    [("0", 1), ("0%", 1), ("100%", 3), ("1", 3), ("1%", 1), ("0.5", 1), ("50%", 1)],
)
def test_too_little_coverage_ends_in_3(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, share: str, code: int
) -> None:
    snapshot = json.loads(BROKEN.read_text())
    snapshot["clusters"]["dc2"]["collection"]["envoy"]["status"] = "off"
    snapshot["clusters"]["dc2"]["envoy"] = None
    (tmp_path / "s.json").write_text(json.dumps(snapshot))

    found, document = audit(capsys, "--fail-coverage-below", share, snapshot=tmp_path / "s.json")

    assert 0.5 < document["summary"]["coverage"] < 1
    assert found == document["summary"]["exit_code"] == code


def test_where_nothing_applied_there_is_no_coverage(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(capsys, "--rule", "MGP-203")[0] == 0
    assert audit(capsys, "--rule", "MGP-203", "--fail-coverage-below", "1%")[0] == 3


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--rule", "MGP-333"], "There is no rule MGP-333\n  -> Did you mean MGP-303?"),
        (["--rule", "mesh-entry"], "There is no rule mesh-entry\n  -> Did you mean mesh_entry?"),
        (["--only-cluster", "dc3"], "There is no cluster dc3 in this scan\n  -> Did you mean dc"),
        (["--only-cluster", "dc\x1b3"], "There is no cluster dc\\x1b3"),
        (["--fail-coverage-below", "90"], "'90' is no share. Write 90% or 0.9."),
        (["--fail-coverage-below", "nan"], "is no share"),
        (["--fail-coverage-below", "-1%"], "is no share"),
        (["--fail-coverage-below", "most"], "is no share"),
    ],
)
def test_what_does_not_exist_is_refused_with_the_nearest(
    capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    assert exit_code(["audit", "-c", DEMO, "--snapshot", str(BROKEN), *options]) == 2
    assert told in capsys.readouterr().err


def test_a_disabled_rule_is_no_rule_of_the_scan(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    config = tmp_path / "c.yaml"
    config.write_text("rules: {disabled: [MGP-301]}\n")

    assert exit_code(["audit", "-c", str(config), "--snapshot", str(BROKEN), "--rule", "MGP-301"]) == 2
    assert "There is no rule MGP-301" in capsys.readouterr().err


def test_an_unknown_cluster_is_refused_before_any_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    # Nothing listens there: a scan that read it would end in 4.
    assert exit_code(["audit", "--cluster", "dc1=http://127.0.0.1:1", "--only-cluster", "dc2"]) == 2
    assert "There is no cluster dc2 in this scan" in capsys.readouterr().err


def test_nobody_takes_a_part_for_the_whole(tmp_path: Path) -> None:
    narrow = ["--rule", "MGP-101", "--only-cluster", "dc2", "--severity", "low"]

    formats = [part for name in WORDED for part in ("--format", f"{name}={tmp_path / name}")]
    assert exit_code(["audit", "-c", DEMO, "--snapshot", str(BROKEN), *narrow, *formats]) == 0
    told = "Not a whole audit: only results of MGP-101 and about dc2 and of severity low or worse count."
    for name in WORDED:
        assert told in " ".join((tmp_path / name).read_text().split()), name
