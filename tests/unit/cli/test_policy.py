"""`consul-scan policy` prints the policies that are shipped, and documents show the same."""

import re
import tomllib
from pathlib import Path

import pytest

from scanner.acl.policy import parse_policy
from scanner.cli.main import exit_code
from scanner.cli.policy import scanner_policy

ROOT = Path(__file__).parents[3]
PARTS = ROOT / "policies" / "acl"
READS = {("peering", ""), ("node", ""), ("service", ""), ("agent", "")}


def grants(text: str) -> set[tuple[str, str]]:
    """Return resource and segment of each rule; all of them read, and but for peering and acl by prefix."""
    rules = parse_policy(text).rules
    assert {rule.level for rule in rules} == {"read"}
    return {(rule.resource, rule.segment) for rule in rules}


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ([], ["scanner"]),
        (["--acl"], ["scanner", "acl"]),
        (["--enterprise"], ["enterprise"]),
        (["--enterprise", "--acl"], ["enterprise", "acl"]),
    ],
)
def test_what_is_printed_is_what_is_shipped(
    arguments: list[str], parts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["policy", *arguments]) == 0
    told = capsys.readouterr()
    assert told.out == "".join((PARTS / f"{part}.hcl").read_text() for part in parts)
    assert told.err == ""


def test_it_reads_and_no_more() -> None:
    assert grants(scanner_policy()) == READS
    assert grants(scanner_policy(acl=True)) == READS | {("acl", "")}


@pytest.mark.parametrize("acl", [False, True])
def test_the_form_for_enterprise_is_one_that_enterprise_reads(*, acl: bool) -> None:
    text = scanner_policy(acl=acl, enterprise=True)
    policy = parse_policy(text, edition="enterprise")
    assert {rule.resource for rule in policy.rules} == {"operator"} | ({"acl"} if acl else set())
    assert [ignored.what for ignored in policy.ignored] == ['partition_prefix ""']
    assert "not run on Enterprise" in text


@pytest.mark.parametrize("part", sorted(PARTS.iterdir()), ids=lambda path: path.name)
def test_every_grant_says_what_it_is_for(part: Path) -> None:
    lines = part.read_text().splitlines()
    grant = re.compile(r' *((acl|operator|peering) = |(node|service|agent)_prefix "")')
    granting = [at for at, line in enumerate(lines) if grant.match(line)]
    assert granting
    assert [lines[at] for at in granting if not lines[at - 1].lstrip().startswith("#")] == []


def test_every_folder_of_policies_is_in_the_wheel() -> None:
    targets = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]
    folders = [f"policies/{folder.name}" for folder in sorted((ROOT / "policies").iterdir())]
    assert folders == ["policies/acl", "policies/rego"]
    included = {source: place for source, place in targets["wheel"]["force-include"].items() if "policies" in source}
    assert included == {folder: f"scanner/{folder}" for folder in folders}
    assert "/policies" in targets["sdist"]["include"]
