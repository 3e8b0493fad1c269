"""docs/outputs.md shows what the formats give, and docs/ci.md is YAML and commands that run."""

import os
import re
import shlex
from pathlib import Path

import pytest
import yaml

from scanner.cli.main import exit_code
from scanner.publish.formats import RENDERERS
from tests.test_docs import rows

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
OUTPUTS = (ROOT / "docs/outputs.md").read_text()
CI = (ROOT / "docs/ci.md").read_text()
COMMAND = re.compile(r"consul-scan (?:audit|report|export) (?:[^\n'`]|\n {10}--)+")


def steady(text: str) -> str:
    """Return text without what another recording of the data would change."""
    return re.sub(r":\d{4,5}\b", ":PORT", text)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every format of the audit that the page is about."""
    folder = tmp_path_factory.mktemp("written")
    formats = [part for name in RENDERERS for part in ("--format", f"{name}={folder / name}")]
    audit = ["audit", "--config", str(DATA / "demo.yaml"), "--snapshot", str(DATA / "broken-pair.json"), *formats]
    assert exit_code(audit) == 1
    return folder


@pytest.mark.parametrize("name", RENDERERS)
def test_the_excerpt_of_a_format_is_what_it_gives(name: str, written: Path) -> None:
    excerpt = re.search(rf"<!-- excerpt of {name} -->\n```\w*\n(.*?)^```$", OUTPUTS, re.DOTALL | re.MULTILINE)
    assert excerpt
    assert len(excerpt[1].splitlines()) > 1
    assert steady(excerpt[1]) in steady((written / name).read_text())


def test_each_format_has_its_row_and_its_section() -> None:
    assert [format_name.strip("`") for format_name, *_ in rows(OUTPUTS, "Outputs")] == list(RENDERERS)
    assert re.findall(r"^### (\w+)$", OUTPUTS, re.MULTILINE) == list(RENDERERS)


def test_the_recipes_are_yaml() -> None:
    github, gitlab = (yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", CI, re.DOTALL))
    steps = github["jobs"]["audit"]["steps"]
    assert [step["name"] for step in steps[1:]] == ["Audit", "Summary", "Code scanning", "Keep the results"]
    assert steps[3]["with"]["sarif_file"] in steps[1]["run"]
    assert f"junit={gitlab['consul-scan']['artifacts']['reports']['junit']}" in gitlab["consul-scan"]["script"][0]


def commands() -> list[str]:
    """Return each command of the recipes as a shell would read it, in order."""
    blocks = "\n".join(re.findall(r"```\w+\n(.*?)```", CI, re.DOTALL))
    return [" ".join(command.split()) for command in COMMAND.findall(blocks)]


def test_every_command_of_the_recipes_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "consul-scan.yaml").write_bytes((DATA / "demo.yaml").read_bytes())
    ran = [(words[1], run(words)) for words in map(shlex.split, commands())]

    assert ran == [("audit", 1), ("report", 0), ("audit", 1), ("report", 0), ("audit", 1)]
    named = {"results.json", "consul-scan.sarif", "consul-scan.xml", "summary.md", "consul-scan.yaml"}
    assert {path.name for path in tmp_path.iterdir()} == named
    assert all(name in CI for name in named)


def run(words: list[str]) -> int:
    """Run a command, an audit on recorded data; where the shell sends its output is left out."""
    options = words[1 : words.index(">>")] if ">>" in words else words[1:]
    return exit_code([*options, *(["--snapshot", str(DATA / "broken-pair.json")] if words[1] == "audit" else [])])


def test_the_export_that_is_named_has_that_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert "`consul-scan export --output snapshot.json`" in " ".join(CI.split())
    assert exit_code(["export", "--cluster", "a=http://127.0.0.1:1", "--output", os.devnull]) == 4
    assert capsys.readouterr().out == ""
