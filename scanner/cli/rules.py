"""`consul-scan rules`: what is judged, and why; rules of your own. Nothing is asked of a cluster."""

from pathlib import Path

import click

from scanner.cli.custom import check_rules, new_rule, run_cases
from scanner.cli.filters import rule_ids
from scanner.cli.listing import Listing
from scanner.cli.options import policies_option
from scanner.cli.view import view
from scanner.config import load_config
from scanner.model.rule import Rule
from scanner.model.statements import STATEMENTS
from scanner.publish import rule_json, rule_text
from scanner.publish.output import write
from scanner.wiring import known_rules, rule_called

# What a program filters line by line must not be cut.
_UNCUT = 1000

_format = click.option(
    "--format",
    "rule_format",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="For people or for programs.",
)


@click.group(cls=Listing)
def rules() -> None:
    """Tell what the rules judge, and what of HashiCorp's document each encodes; write, check and test your own.

    \b
    Examples:
      consul-scan rules list
      consul-scan rules show MGP-301
      consul-scan rules list --format json
      consul-scan rules new ACME-001 enough_servers
    """


rules.add_command(new_rule)
rules.add_command(check_rules)
rules.add_command(run_cases)


@rules.command("list")
@policies_option
@_format
def list_rules(config: Path | None, rule_format: str) -> int:
    """List every rule: id, name, severity, the statements that it encodes, title.

    \b
    Example:
      consul-scan rules list | grep critical
    """
    catalogue = _catalogue(config)
    if rule_format == "json":
        write(rule_json.render_list(catalogue), "-")
    else:
        width, colour = view(_UNCUT)
        write(rule_text.render_list(catalogue, width=width, colour=colour), "-")
    return 0


@rules.command("show")
@click.argument("rule_id", metavar="ID", shell_complete=rule_ids)
@policies_option
@_format
def show_rule(rule_id: str, config: Path | None, rule_format: str) -> int:
    """Tell all about one rule, called by its id or its name.

    \b
    Examples:
      consul-scan rules show MGP-301
      consul-scan rules show mesh_entry --format json
    """
    catalogue = _catalogue(config)
    rule = rule_called(rule_id, catalogue)
    if rule_format == "json":
        write(rule_json.render_rule(rule, STATEMENTS), "-")
    else:
        width, colour = view()
        write(rule_text.render_rule(rule, catalogue, STATEMENTS, width=width, colour=colour), "-")
    return 0


def _catalogue(config: Path | None) -> tuple[Rule, ...]:
    return known_rules(load_config(config).policies if config else ())
