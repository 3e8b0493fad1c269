"""`consul-scan explain`: from stored results, from a snapshot, and refused."""

import json
from pathlib import Path

import pytest

from scanner.cli.main import exit_code
from scanner.model.document import Json
from tests.faults import behaviours
from tests.faults.server import FaultServer
from tests.policies.cases import DATA

DEMO = str(DATA / "demo.yaml")
BROKEN = str(DATA / "broken-pair.json")
SNAPSHOT = ["-c", DEMO, "--snapshot", BROKEN]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    path = tmp_path / "results.json"
    assert exit_code(["audit", *SNAPSHOT, "--format", "json", "-o", str(path)]) == 1
    return path


def explained(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert exit_code(["explain", *arguments]) == code
    return capsys.readouterr().out


def test_a_mend_names_the_key_of_the_config(capsys: pytest.CaptureFixture[str]) -> None:
    told = explained(capsys, "MGP-104", "--snapshot", BROKEN)

    assert "parameters.MGP-104.accept_minor_versions" in told


def changed(path: Path, **fields: object) -> Json:
    """Change the first result of MGP-301 in a stored document."""
    document: Json = json.loads(path.read_text())
    next(one for one in document["results"] if one["rule"] == "MGP-301").update(fields)
    path.write_text(json.dumps(document))
    return document


def test_a_failure_is_explained_from_the_statement_to_the_rules_text(capsys: pytest.CaptureFixture[str]) -> None:
    told = explained(capsys, "mesh_entry", "dc1", *SNAPSHOT)

    in_order = [
        "MGP-301 mesh_entry  critical\n",
        "D07 (R1, R2): A mesh config entry that sets",
        "What Consul really does\n",
        "FAIL  cluster dc1\n",
        "    dc1 mesh: ok, 2026-",
        "    dc1 peerings: ok, index 35, 2026-11-22T19:54:57.000+00:00\n",
        '      "entry": null\n',
        "    Mend: Write the mesh config entry",
        "\nconsul config write -cas -modify-index 0 - <<'END'\n",
        "The rule's text  compliance/rules/mesh/mesh_entry/mesh_entry.rego\n",
        "  package compliance.rules.mesh.mesh_entry\n",
        "    not clusters.entry_on(judged.id)\n",
    ]
    places = [told.find(part) for part in in_order]
    assert -1 not in places
    assert places == sorted(places)
    assert "METADATA" not in told
    assert "dc2" not in told
    assert "policies have changed" not in told


def test_stored_results_are_explained_as_the_snapshot_is(capsys: pytest.CaptureFixture[str], results: Path) -> None:
    assert explained(capsys, "MGP-404", "--results", str(results)) == explained(capsys, "MGP-404", *SNAPSHOT)


def test_of_a_pair_both_ends_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    told = explained(capsys, "MGP-404", "pair dc2 -> dc1", *SNAPSHOT)

    assert "dc1 gateways: ok, index" in told
    assert "dc2 gateways: ok, index" in told
    assert "Follows from MGP-301 of dc1: mend that first." in told


def test_without_a_subject_each_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    told = explained(capsys, "MGP-204", *SNAPSHOT)

    assert "PASS  gateway mesh-gateway of dc1\n" in told
    assert "PASS  gateway mesh-gateway of dc2\n" in told


def test_a_name_in_two_clusters_needs_the_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["explain", "MGP-204", "mesh-gateway", *SNAPSHOT]) == 2
    told = "mesh-gateway means 2 subjects of MGP-204: gateway mesh-gateway of dc1; gateway mesh-gateway of dc2"
    assert told in capsys.readouterr().err
    assert "gateway of dc2" in explained(capsys, "MGP-204", "mesh-gateway", *SNAPSHOT, "--only-cluster", "dc2")


def test_stored_results_are_narrowed_to_a_cluster(capsys: pytest.CaptureFixture[str], results: Path) -> None:
    told = explained(capsys, "MGP-204", "--results", str(results), "--only-cluster", "dc2")

    assert "of dc2\n" in told
    assert "of dc1\n" not in told


def test_what_was_unknown_says_what_settles_it(capsys: pytest.CaptureFixture[str], results: Path) -> None:
    changed(results, status="unknown", needed="look there", remediation=None)

    assert "  To settle: look there\n" in explained(capsys, "MGP-301", "dc1", "--results", str(results))


def test_an_error_and_a_waiver_are_told(capsys: pytest.CaptureFixture[str], results: Path) -> None:
    subject = {"cluster": "", "kind": "rule", "id": "MGP-301", "name": "mesh_entry", "partition": "", "namespace": ""}
    changed(results, status="error", error="division by zero", waived_by="w1", subject=subject | {"peer": None})

    told = explained(capsys, "MGP-301", "mesh_entry", "--results", str(results))

    assert "ERROR  rule mesh_entry\n" in told
    assert "  The rule gave no verdict: division by zero\n  It is waived by w1\n" in told
    assert "What was read" not in told


def test_a_pass_says_what_made_it_pass(capsys: pytest.CaptureFixture[str], results: Path) -> None:
    changed(results, status="pass", evidence={"seen": 1}, remediation=None)

    assert '  What made it pass\n    {\n      "seen": 1\n' in explained(
        capsys, "MGP-301", "dc1", "--results", str(results)
    )


def test_a_rule_about_waivers_has_no_text_in_rego(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    waiver = "{id: w1, rule: MGP-101, cluster: dc1, subject: x, owner: o, reason: r, expires: 2999-12-31}"
    (tmp_path / "w.yaml").write_text(f"- {waiver}\n")
    (tmp_path / "c.yaml").write_text("waivers: w.yaml\n")
    results = tmp_path / "results.json"
    given = ["-c", str(tmp_path / "c.yaml"), "--snapshot", BROKEN]
    exit_code(["audit", *given, "--format", f"json={results}"])

    for told in (explained(capsys, "MGP-802", *given), explained(capsys, "MGP-802", "--results", str(results))):
        assert "FAIL  waiver w1" in told
        assert told.endswith("This rule has no text in Rego: it judges waivers, after all other rules.\n")


def test_results_of_other_policies_are_told_so(capsys: pytest.CaptureFixture[str], results: Path) -> None:
    document = json.loads(results.read_text())
    document["scan"]["hashes"]["policies"] = "0" * 64
    del document["clusters"]["dc1"]["collection"]["mesh"]
    results.write_text(json.dumps(document))

    told = explained(capsys, "MGP-301", "dc1", "--results", str(results))

    assert "The policies have changed since: what follows is not what judged.\n" in told
    assert "dc1 mesh: not in these results\n" in told


def test_hostile_names_stay_names(capsys: pytest.CaptureFixture[str], results: Path) -> None:
    evil = "\x1b[2J\u202e[red]\n  PASS  cluster dc1\u2028\x9b" + "x" * 10_000
    document = json.loads(results.read_text())
    first = next(one for one in document["results"] if one["rule"] == "MGP-301")
    first["subject"] |= {"name": evil, "cluster": evil}
    first |= {"message": evil, "evidence": {evil: [evil]}, "needed": evil, "waived_by": evil}
    read = document["clusters"].pop("dc1")
    read["collection"]["mesh"] |= {"detail": evil, "status": evil}
    document["clusters"][evil] = read
    results.write_text(json.dumps(document))

    told = explained(capsys, "MGP-301", "--results", str(results))

    assert [line for line in told.splitlines() if line.lstrip().startswith("PASS  cluster dc1")] == []
    assert all(character.isprintable() or character == "\n" for character in told)
    assert "[red]" in told
    assert max(map(len, told.splitlines())) <= 100


def test_a_cluster_that_is_gone_ends_in_4_and_is_explained(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONSUL_HTTP_ADDR", "http://127.0.0.1:1")
    for wanted in (["--cluster", "dc1=http://127.0.0.1:1"], []):
        told = explained(capsys, "MGP-301", *wanted, code=4)
        assert "UNKNOWN  cluster" in told
        assert "mesh: error" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["MGP-333", *SNAPSHOT], "There is no rule MGP-333\n  -> Did you mean MGP-303?"),
        (["MGP-301", "dc3", *SNAPSHOT], "MGP-301 judged no dc3\n  -> Did you mean dc"),
        (["MGP-204", "dc1", *SNAPSHOT], "MGP-204 judged no dc1\n  -> dc1 is a cluster: write --only-cluster dc1."),
        (["MGP-301"], "Nothing is named that MGP-301 judges\n  -> Give --results,"),
        (["MGP-301", *SNAPSHOT, "--cluster", "dc1=http://127.0.0.1:1"], "exclude each other"),
        (["MGP-301", *SNAPSHOT, "--path-window", "20"], "--snapshot and --path-window exclude"),
        (["MGP-301", "--results", "r.json", "--snapshot", BROKEN], "--results excludes --snapshot"),
        (["MGP-301", "--results", "r.json", "--cluster", "dc1=http://127.0.0.1:1"], "--results and --cluster"),
        (["MGP-301", "--results", "nowhere.json"], "Results nowhere.json cannot be read"),
        (["MGP-301", "--results", DEMO], "is not JSON"),
        (["MGP-301", "--results", BROKEN], "holds no results"),
        (["MGP-301", *SNAPSHOT, "--only-cluster", "dc9"], "There is no cluster dc9"),
    ],
)
def test_what_cannot_be_explained_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    for name in ("CONSUL_HTTP_ADDR", "CONSUL_SCAN_CONFIG"):
        monkeypatch.delenv(name, raising=False)

    assert exit_code(["explain", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_an_unknown_rule_is_refused_before_a_cluster_is_asked() -> None:
    with FaultServer(behaviours.html()) as server:
        assert exit_code(["explain", "MGP-333", "--cluster", f"dc1={server.address}"]) == 2

    assert server.requests == []


def test_results_without_the_rule_may_be_a_part(capsys: pytest.CaptureFixture[str], results: Path) -> None:
    document = json.loads(results.read_text())
    document["results"] = []
    results.write_text(json.dumps(document))

    assert exit_code(["explain", "MGP-301", "--results", str(results)]) == 2
    assert "There is no result of MGP-301\n  -> Was the audit narrowed" in capsys.readouterr().err


def test_results_of_another_schema_version_are_refused(capsys: pytest.CaptureFixture[str], results: Path) -> None:
    results.write_text(json.dumps(json.loads(results.read_text()) | {"schema_version": 2}))

    assert exit_code(["explain", "MGP-301", "--results", str(results)]) == 2
    assert "is of schema version 2; this consul-scan reads version 1\n  -> Audit anew" in capsys.readouterr().err
