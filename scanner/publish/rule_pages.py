"""Rules as Markdown: one page a rule, and their index. Pure: `make docs` writes them into docs/rules/."""

import re
from collections.abc import Mapping, Sequence

from scanner.model.rule import Rule
from scanner.model.statements import Statement
from scanner.publish.rule_parts import Item, Part, parts, statements_of

_GENERATED = "<!-- Made by `make docs` from the METADATA of the rule; changes here are lost. -->\n"
_MARKUP = re.compile(r"([\\*_<>\[\]|])")
_CODE = re.compile(r"(`[^`]*`)")


def pages(rules: Sequence[Rule], statements: Mapping[str, Statement]) -> dict[str, str]:
    """Return the text of each page by its file name."""
    found = {f"{rule.id}.md": _page(rule, rules, statements) for rule in rules}
    return {"README.md": _index(rules, statements)} | found


def _page(rule: Rule, rules: Sequence[Rule], statements: Mapping[str, Statement]) -> str:
    lines = [
        _GENERATED,
        f"# {rule.id} {_escaped(rule.title)}\n",
        f"`{rule.name}` · severity {rule.severity}\n",
        *(line for part in parts(rule, rules, statements) for line in _part(part)),
        "## See also\n",
        *(f"- <{ref}>" for ref in rule.related_resources),
        *_sources(rule),
    ]
    return "\n".join(lines) + "\n"


def _sources(rule: Rule) -> list[str]:
    if not rule.in_rego:
        return ["- [waivers](../waivers.md)"]
    folder = f"../../policies/rego/compliance/rules/{rule.group}/{rule.name}"
    return [f"- [the rule in Rego]({folder}/{rule.name}.rego)", f"- [its cases]({folder}/{rule.name}_cases.yaml)"]


def _part(part: Part) -> list[str]:
    lines = [f"## {part.heading}\n"]
    if part.text:
        lines.append(f"{_escaped(part.text)}\n")
    if part.items:
        lines.extend([*(_item(item) for item in part.items), ""])
    return lines


def _item(item: Item) -> str:
    name = f"[{item.rule}]({item.rule}.md)" if item.rule else f"**{_escaped(item.name)}**"
    return f"- {name}: {_escaped(item.text)}"


def _index(rules: Sequence[Rule], statements: Mapping[str, Statement]) -> str:
    lines = [
        _GENERATED,
        "# Rules\n",
        "| id | name | severity | statements | title |",
        "|---|---|---|---|---|",
        *(_row(rule) for rule in rules),
        "\n## The document, statement by statement\n",
        "In our own words; the rule pages say where Consul does otherwise.\n",
        "| id | revision | statement | rules |",
        "|---|---|---|---|",
        *(_statement(statement, rules) for statement in statements.values()),
    ]
    return "\n".join(lines) + "\n"


def _row(rule: Rule) -> str:
    title = _escaped(rule.title)
    return f"| [{rule.id}]({rule.id}.md) | `{rule.name}` | {rule.severity} | {statements_of(rule)} | {title} |"


def _statement(statement: Statement, rules: Sequence[Rule]) -> str:
    encoding = ", ".join(f"[{rule.id}]({rule.id}.md)" for rule in rules if statement.id in rule.document)
    revisions = " ".join(statement.revisions)
    return f"| {statement.id} | {revisions} | {_escaped(statement.text)} | {encoding or 'none yet'} |"


def _escaped(text: str) -> str:
    """Return text that Markdown shows as it is; what stands in backquotes is code and stays so."""
    pieces = enumerate(_CODE.split(text))
    return "".join(piece if place % 2 else _MARKUP.sub(r"\\\1", piece) for place, piece in pieces)
