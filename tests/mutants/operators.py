"""The small ways to break a policy: each yields the text in which one thing is otherwise."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scanner.evaluate.policies import Policy
from tests.mutants.source import Source, Span, source

_OTHERWISE = {"==": ["!="], "!=": ["=="], "<=": ["<", ">"], ">=": [">", "<"], "<": ["<=", ">="], ">": [">=", "<="]}
_COMPARISON = re.compile(r"(?<= )(==|!=|<=|>=|<|>)(?= )")
_SET = re.compile(r"\{[^{}:|]*\}")
_NUMBER = re.compile(r"(?<![\w.%])[0-9]+(?![\w.])")
_TRUTH = re.compile(r"\b(true|false)\b")
_HEAD = re.compile(r"^([a-z_]\w*)", re.MULTILINE)
_BINDS = re.compile(r"(some|every)\b|.* := ", re.DOTALL)
_WORDING = re.compile(r'(sprintf|concat)\($|"(message|text|needed)": $')
_CONSTANT = re.compile(r"^_?\w+ := $")

Change = tuple[Span, str]


@dataclass(frozen=True)
class Mutant:
    """A policy in which one thing is otherwise.

    `name` tells the rule of Rego and its lines before and after, without their numbers: it holds while others change.
    """

    path: str
    name: str
    text: str


def mutants(policy: Policy) -> Iterator[Mutant]:
    """Yield each mutant of a policy."""
    read = source(policy.text)
    for operator in _OPERATORS:
        for span, instead in operator(read):
            yield _mutant(policy, span, instead)
    yield from (_mutant(policy, span, instead) for span, instead in _strings(read, everywhere=not policy.is_rule))


def _mutant(policy: Policy, span: Span, instead: str) -> Mutant:
    text = policy.text
    start, end = text.rfind("\n", 0, span.start) + 1, text.find("\n", span.end)
    before, after = text[start:end], text[start : span.start] + instead + text[span.end : end]
    *_, head = _HEAD.findall(text, 0, span.start + 1)
    name = f"{head}: {' '.join(before.split())} -> {' '.join(after.split())}"
    return Mutant(policy.path, name, text[: span.start] + instead + text[span.end :])


def _dropped_conditions(read: Source) -> Iterator[Change]:
    for statement in _conditions(read):
        yield statement, "true"


def _negated_conditions(read: Source) -> Iterator[Change]:
    for statement in _conditions(read):
        text = read.of(statement)
        if text.startswith("not "):
            yield statement, text.removeprefix("not ")
        elif not _COMPARISON.search(read.bare, statement.start, statement.end):
            yield statement, f"not {text}"


def _conditions(read: Source) -> Iterator[Span]:
    # What binds a name cannot be left out nor negated: such a policy does not compile.
    for statement in read.statements():
        if not _BINDS.match(read.of(statement)):
            yield statement


def _flipped_comparisons(read: Source) -> Iterator[Change]:
    for found in _COMPARISON.finditer(read.bare):
        for instead in _OTHERWISE[found[1]]:
            yield Span(*found.span()), instead


def _emptied_sets(read: Source) -> Iterator[Change]:
    bodies = {query.start for query in read.queries()}
    for found in _SET.finditer(read.bare):
        if found[0] != "{}" and found.start() + 1 not in bodies:
            yield Span(*found.span()), "set()"


def _numbers(read: Source) -> Iterator[Change]:
    for found in _NUMBER.finditer(read.bare):
        yield Span(*found.span()), str(int(found[0]) * 2 or 1)


def _truths(read: Source) -> Iterator[Change]:
    for found in _TRUTH.finditer(read.bare):
        yield Span(*found.span()), "false" if found[0] == "true" else "true"


def _strings(read: Source, *, everywhere: bool) -> Iterator[Change]:
    """Change strings that decide: in conditions and constants, and in a library or `main` everywhere but in prose."""
    statements = list(read.statements())
    for string in read.strings():
        before = read.text[: string.start]
        decides = everywhere or any(part.start <= string.start < part.end for part in statements)
        is_constant = _CONSTANT.match(before.rpartition("\n")[2])
        is_key = read.bare.startswith(":", string.end)
        if (decides or is_constant) and not is_key and not _WORDING.search(before):
            yield string, f'{read.of(string)[:-1]} otherwise"'


_OPERATORS: tuple[Callable[[Source], Iterator[Change]], ...] = (
    _dropped_conditions,
    _negated_conditions,
    _flipped_comparisons,
    _emptied_sets,
    _numbers,
    _truths,
)
