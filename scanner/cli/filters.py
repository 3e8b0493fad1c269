"""Options that narrow an audit, and the gate on coverage."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from typing import Any, get_args

import click
from click.shell_completion import CompletionItem

from scanner.errors import UsageError
from scanner.evaluate.parameters import nearest
from scanner.findings.filter import Filter
from scanner.model.rule import Rule, Severity
from scanner.wiring import known_rules, rule_called

Command = Callable[..., int]


@dataclass(frozen=True)
class Wanted:
    """What the options say, not yet checked: rules by id or name, clusters by name."""

    rules: tuple[str, ...]
    only_clusters: tuple[str, ...]
    severity: Severity | None

    def filter(self, rules: Sequence[Rule], clusters: Collection[str]) -> Filter:
        """Return the filter that the options mean.

        Args:
            rules: those that judge.
            clusters: the names of those of the scan.

        Raises:
            UsageError: a rule or a cluster that is none of them; the nearest is named.
        """
        ids = tuple(dict.fromkeys(rule_called(text, rules).id for text in self.rules))
        return Filter(ids, checked_clusters(self.only_clusters, clusters), self.severity)


def checked_clusters(wanted: Sequence[str], clusters: Collection[str]) -> tuple[str, ...]:
    """Return the names of clusters, each once.

    Raises:
        UsageError: one is not of the scan; the nearest is named.
    """
    for name in wanted:
        if name not in clusters:
            raise UsageError(f"There is no cluster {name} in this scan", nearest(name, sorted(clusters)))
    return tuple(dict.fromkeys(wanted))


def rule_ids(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the ids of our rules, or else the names, that begin as the word does that a shell is to complete."""
    rules = known_rules(())
    ids = [CompletionItem(rule.id, help=rule.title) for rule in rules if rule.id.startswith(incomplete.upper())]
    return ids or [CompletionItem(rule.name, help=rule.title) for rule in rules if rule.name.startswith(incomplete)]


only_cluster_option = click.option(
    "--only-cluster",
    "only_clusters",
    multiple=True,
    metavar="NAME",
    help="Count only results about this cluster of the scan, its pairs among them. All clusters are read, as pairs are "
    "compared.",
)
"""Not `--cluster NAME`: that names a cluster to read, and its address."""


def filter_options(command: Command) -> Command:
    """Add the options that narrow an audit; the command gets them as one argument, `wanted`."""

    @wraps(command)
    def filtering(**given: Any) -> int:
        wanted = Wanted(**{field.name: given.pop(field.name) for field in fields(Wanted)})
        return command(wanted=wanted, **given)

    decorated: Command = filtering
    for option in (
        click.option(
            "--severity",
            type=click.Choice(get_args(Severity)),
            help="Count only results of rules of this severity or worse.",
        ),
        only_cluster_option,
        click.option(
            "--rule",
            "rules",
            multiple=True,
            metavar="ID",
            shell_complete=rule_ids,
            help="Count only results of this rule, called by its id or its name.",
        ),
    ):
        decorated = option(decorated)
    return decorated


def _ratio(_context: click.Context, _parameter: click.Parameter, text: str) -> float:
    """Return a share from 0 to 1, written as `90%` or as `0.9`; a bare 90 could be either, and is refused."""
    percent = text.endswith("%")
    try:
        ratio = float(text.removesuffix("%")) / (100 if percent else 1)
    except ValueError:
        ratio = -1.0
    if not 0 <= ratio <= 1:
        raise click.BadParameter(f"{text!r} is no share. Write 90% or 0.9.")
    return ratio


coverage_gate_option = click.option(
    "--fail-coverage-below",
    default="0%",
    show_default=True,
    metavar="SHARE",
    callback=_ratio,
    help="Give exit code 3 where less than this could be judged: 90% or 0.9. Where nothing applied there is no "
    "coverage, and any share but 0 fails.",
)
