"""`consul-scan bundle`: the policies as one file, ours and those of the config."""

import json
import tarfile
from pathlib import Path

import pytest

from scanner.cli.main import exit_code
from scanner.evaluate.policies import PolicySet
from tests.unit.evaluate.test_verdicts import METADATA, SUBJECT, VIOLATION


def names(path: Path) -> list[str]:
    with tarfile.open(path) as tar:
        return tar.getnames()


def config(folder: Path, rule: str) -> str:
    (folder / "extra").mkdir()
    (folder / "extra" / "bad.rego").write_text(rule)
    (folder / "c.yaml").write_text("policies: [extra]\n")
    return str(folder / "c.yaml")


def test_it_writes_our_policies_and_the_same_bytes_each_time(policy_set: PolicySet, tmp_path: Path) -> None:
    for name in ("a.tar.gz", "b.tar.gz"):
        assert exit_code(["bundle", "--output", str(tmp_path / name)]) == 0

    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()
    assert names(tmp_path / "a.tar.gz") == [".manifest", *(policy.path for policy in policy_set.policies)]


def test_rules_of_the_config_are_in_it_and_change_the_revision(policy_set: PolicySet, tmp_path: Path) -> None:
    path = tmp_path / "b.tar.gz"

    assert exit_code(["bundle", "-o", str(path), "-c", config(tmp_path, METADATA + SUBJECT + VIOLATION)]) == 0

    assert "bad.rego" in names(path)
    with tarfile.open(path) as tar:
        manifest = tar.extractfile(".manifest")
        assert manifest is not None
        assert json.load(manifest)["revision"] != policy_set.sha256


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (METADATA + "a := time.now_ns()\n", "time.now_ns is no function here and no portable builtin"),
        (METADATA.replace("low", "dire") + SUBJECT + VIOLATION, "dire"),
        ('package compliance["main"]\n', "has to start with `package` and a plain name"),
        ("package compliance.main # mine\n", "would shadow compliance/main/main.rego"),
        ("package compliance.main\n", "would shadow compliance/main/main.rego"),
    ],
)
def test_a_rule_that_an_audit_would_refuse_is_not_bundled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rule: str, reason: str
) -> None:
    assert exit_code(["bundle", "-o", str(tmp_path / "b"), "-c", config(tmp_path, rule)]) == 2

    assert reason in capsys.readouterr().err
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "Missing option '-o'"),
        (["--output", "-"], "A bundle is not text"),
        (["--output", "none/b.tar.gz"], "The bundle cannot be written to none/b.tar.gz: No such file"),
        (["--output", "b.tar.gz", "--signing-key-file", "none"], "The signing key none cannot be read"),
    ],
)
def test_what_cannot_be_done_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    reason: str,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert exit_code(["bundle", *arguments]) == 2

    assert reason in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
