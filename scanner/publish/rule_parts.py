"""What is to be told of a rule, part by part, for a terminal and a page alike. Pure: a rule in, values out."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.model.rule import Parameter, Rule
from scanner.model.statements import Statement

ABSENCE = (
    "where one could not be read the verdict is unknown, and where Consul has no such thing not applicable: it never "
    "passes by blindness"
)


@dataclass(frozen=True)
class Item:
    """A named thing and what there is to say about it; `rule` is its id when it is another rule."""

    name: str
    text: str
    rule: str | None = None


@dataclass(frozen=True)
class Part:
    """A heading with sentences below it, then items."""

    heading: str
    text: str = ""
    items: tuple[Item, ...] = ()


def parts(rule: Rule, rules: Iterable[Rule], statements: Mapping[str, Statement]) -> tuple[Part, ...]:
    """Return all that is known of `rule`, in reading order; `rules` are the catalogue, for the names of causes."""
    titles = {other.id: other.title for other in rules}
    told = (
        *foundation(rule, statements),
        _judgement(rule),
        Part("Parameters", items=tuple(_parameter(parameter) for parameter in rule.parameters)),
        Part(
            "What it follows from",
            _follows(rule),
            tuple(Item(cause, titles[cause], cause) for cause in rule.follows_from),
        ),
        Part("When the daemon speaks", _settling(rule)),
        Part("How to mend it", _mend(rule)),
    )
    return tuple(part for part in told if part.text or part.items)


def foundation(rule: Rule, statements: Mapping[str, Statement]) -> tuple[Part, Part]:
    """Return what a rule rests on: what the document says, and what Consul makes of it."""
    return _document(rule, statements), Part("What Consul really does", rule.in_consul)


def statements_of(rule: Rule) -> str:
    """Return the ids of the statements that a rule encodes in one line; those of no statement are told in words."""
    return " ".join(rule.document) or "beyond"


def _document(rule: Rule, statements: Mapping[str, Statement]) -> Part:
    heading = "What the document says"
    if not rule.document:
        return Part(heading, "Nothing: this rule goes beyond the document.")
    return Part(heading, items=tuple(_statement(statements[wanted]) for wanted in rule.document))


def _statement(statement: Statement) -> Item:
    return Item(f"{statement.id} ({', '.join(statement.revisions)})", statement.text)


def _judgement(rule: Rule) -> Part:
    both = ", of both clusters" if rule.two_sided else ""
    needs = f"{', '.join(rule.needs)}{both}; {ABSENCE}" if rule.in_rego else "the results of all other rules"
    return Part(
        "How it is judged",
        rule.description,
        (
            Item("judges", f"each {rule.judges.replace('_', ' ')}{both}"),
            Item("needs", needs),
            Item("not applicable where", rule.not_applicable),
        ),
    )


def _parameter(parameter: Parameter) -> Item:
    default = json.dumps(parameter.default, ensure_ascii=False)
    return Item(f"{parameter.name} ({parameter.type}, default {default})", parameter.meaning)


def _follows(rule: Rule) -> str:
    if not rule.follows_from:
        return ""
    return "Where one of these fails on the same cluster or pair, it is the cause: this finding is shown below it."


def _settling(rule: Rule) -> str:
    if rule.settle_seconds:
        return f"After it failed for {rule.settle_seconds} s: what mends itself by then is no finding."
    return "At once: nothing of this mends itself."


def _mend(rule: Rule) -> str:
    if rule.mend == "commands":
        return "The finding prints commands, to be run as printed; where none is safe, it says what to change."
    return "The finding says what to change; no command for it would be safe everywhere."
