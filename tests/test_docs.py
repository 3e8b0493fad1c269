"""What the documents say of the product is so. Each test first sees that there is something to compare."""

import inspect
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from scanner import errors
from scanner.acl.policy import parse_policy
from scanner.acl.rules import Policy
from scanner.cli.main import cli
from scanner.cli.policy import scanner_policy
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.evaluate.portable import PORTABLE_BUILTINS
from scanner.publish import table
from scanner.wiring import known_rules
from tests.acl_parity.comparison import QUESTIONS_PER_SET
from tests.groups import inner_commands
from tests.playground.acl import SCANNER_RULES, gateway_rules
from tests.scanning import results

ROOT = Path(__file__).parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
README = (ROOT / "README.md").read_text()
ACL_PAGE = (ROOT / "docs/acl.md").read_text()
ALL_TEXT = "\n".join(path.read_text() for path in DOCUMENTS)
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def rows(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, without its head."""
    section = re.split(rf"^#+ {heading}$", text, flags=re.MULTILINE)[1]
    table = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert table, heading
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[0].splitlines()[2:]]


def code(text: str) -> str:
    """Return what stands in code of any kind: fenced, indented, inline."""
    return "\n".join(re.findall(r"```.*?```|^ {4}[^\n]*$|`[^`\n]+`", text, re.MULTILINE | re.DOTALL))


def block(text: str, mark: str) -> str:
    """Return the fenced block below a mark."""
    found = re.search(rf"<!-- {mark} -->\n```[a-z]*\n(.*?)```", text, re.DOTALL)
    assert found, mark
    return found[1]


def names(requirements: list[str]) -> list[str]:
    """Return the names of packages, without versions and conditions."""
    return sorted(re.split(r"[^A-Za-z0-9-]", requirement)[0] for requirement in requirements)


def test_the_readme_lists_the_rules_of_the_catalogue() -> None:
    listed = rows(README, "The rules")

    assert len(listed) > 5
    assert listed == [
        [rule.id, rule.title, rule.severity, " ".join(rule.document) or "none"] for rule in known_rules(())
    ]


def test_the_readme_lists_the_exit_codes() -> None:
    drawn = dict(re.findall(r"── (\w+) +(\d)", inspect.getdoc(errors) or ""))
    defined = {
        name: str(kind.exit_code)
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.ScanError) and kind is not errors.ScanError
    }

    assert len(drawn) > 5
    assert drawn == defined
    codes = {"0", "1", "130", *drawn.values()}
    assert {row[0] for row in rows(README, "Exit codes")} == codes
    assert {row[0] for row in rows((ROOT / "docs/exit-codes.md").read_text(), "Exit codes")} == codes


def test_the_readme_shows_what_an_audit_prints(embedded: Engine, policy_set: PolicySet) -> None:
    snapshot = json.loads((ROOT / "tests/data/broken-pair.json").read_text())
    report = table.render(results(embedded, policy_set, snapshot), width=100, colour=False)
    shown, printed = (re.sub(r":\d+\b", ":PORT", text) for text in (block(README, "excerpt"), report))

    assert len(shown.splitlines()) > 10
    assert printed.startswith(shown)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_a_file(path: Path) -> None:
    targets = {target for target in re.findall(r"\]\(([^)#\s]+)", path.read_text()) if "://" not in target}

    assert targets or path.name != "README.md"
    assert {target for target in targets if not (path.parent / target).exists()} == set()


def commands(group: click.Group) -> Iterator[click.Command]:
    for command in inner_commands(group):
        yield from commands(command) if isinstance(command, click.Group) else [command]


@pytest.mark.parametrize("command", list(commands(cli)), ids=lambda command: command.name)
def test_every_option_is_mentioned(command: click.Command) -> None:
    options = {text for option in command.params for text in option.opts if text.startswith("--")}

    assert options or command.name in {"check-config", "completion", "version"}
    assert {option for option in options if not re.search(rf"(?<![\w-]){option}(?![\w-])", code(ALL_TEXT))} == set()


def test_every_make_target_exists_once() -> None:
    named = set(re.findall(r"\bmake ([a-z-]+)", code(ALL_TEXT)))
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert {"demo", "test", "test-fast", "playground"} <= named
    assert named - set(targets) == set()
    assert len(targets) == len(set(targets))


def test_every_dependency_has_its_reason() -> None:
    groups = {"Runtime": PYPROJECT["project"]["dependencies"], "Build": PYPROJECT["build-system"]["requires"]}
    groups |= {name.title(): requirements for name, requirements in PYPROJECT["dependency-groups"].items()}
    text = (ROOT / "docs/dependencies.md").read_text()
    listed = {group: [cell.strip("`") for cell, why in rows(text, group) if why] for group in groups}

    assert set(groups) == {"Runtime", "Build", "Tests", "Checks"}
    assert listed == {group: names(requirements) for group, requirements in groups.items()}


def test_the_portable_builtins_are_listed() -> None:
    assert set(block((ROOT / "docs/engines.md").read_text(), "builtins").split()) == PORTABLE_BUILTINS != set()


def grants(policy: Policy) -> set[tuple[str, str, str, str]]:
    return {(rule.resource, rule.match, rule.segment, rule.level) for rule in policy.rules}


def test_policies_are_shown_as_they_are_shipped_and_tried() -> None:
    shown = block(ACL_PAGE, "gateway")

    assert block(README, "policy") == scanner_policy()
    assert scanner_policy(acl=True) == SCANNER_RULES
    assert grants(parse_policy(shown)) == grants(parse_policy(gateway_rules("mesh-gateway"))) != set()


def test_every_grant_of_the_scanner_is_explained() -> None:
    explained = {re.findall(r"`(\w+):read`", grant)[0] for grant, _, _ in rows(ACL_PAGE, "The scanner's own token")}
    texts = (scanner_policy(acl=True), scanner_policy(enterprise=True))

    assert explained == {rule.resource for text in texts for rule in parse_policy(text).rules}


def test_what_is_unknown_without_peerings_is_told_rule_by_rule(policy_set: PolicySet) -> None:
    told = next(without for grant, _, without in rows(ACL_PAGE, "The scanner's own token") if "peering:read" in grant)
    listed = told.partition(" are unknown")[0].removeprefix("MGP-")
    ranges = [part.split(" to ") for part in listed.split(", ")]
    numbers = {number for ends in ranges for number in range(int(ends[0]), int(ends[-1]) + 1)}

    assert {f"MGP-{number}" for number in numbers} == {
        rule.id for rule in catalogue(policy_set) if "peerings" in rule.needs
    }


def test_the_numbers_of_the_parity_tests_are_theirs() -> None:
    sets = int(
        re.findall(r'"ACL_PARITY_SETS", "(\d+)"', (ROOT / "tests/integration/test_acl_parity.py").read_text())[0]
    )
    texts = json.loads((ROOT / "tests/data/acl-texts.json").read_text())

    assert f"{sets} generated sets of tokens, up to {QUESTIONS_PER_SET} questions each" in ACL_PAGE
    assert f"| {len(texts)} texts," in ACL_PAGE
