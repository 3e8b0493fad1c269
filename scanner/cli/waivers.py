"""`consul-scan waivers`: look after the file of accepted failures. Nothing is asked of a cluster."""

import shutil
import sys
from pathlib import Path

import click

from scanner.cli.listing import Listing
from scanner.cli.options import policies_option
from scanner.cli.stored import stored_results
from scanner.config import Config, load_config
from scanner.config.new_waiver import check_needed, new_waiver
from scanner.config.waivers import load_waivers
from scanner.errors import UsageError
from scanner.findings.waivers import checked
from scanner.pipeline import utc_now
from scanner.publish.output import write
from scanner.publish.waiver_text import render_checks, render_entry
from scanner.wiring import known_rules, rule_called

_EXPIRED = 1
_UNCUT = 1000
_LONGEST_DAYS = 3650

_results = click.option(
    "--results",
    type=click.Path(path_type=Path),
    metavar="RESULTS.json",
    help="Results of an audit, as --format json writes them.",
)


@click.group(cls=Listing)
def waivers() -> None:
    """Check the waivers file, and write new waivers: failures that somebody accepts for a time.

    \b
    Examples:
      consul-scan waivers check waivers.yaml
      consul-scan waivers new --rule MGP-207 --cluster dc1 --subject 'mesh-*' --owner net --reason Lab >> waivers.yaml
    """


@waivers.command("check")
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@policies_option
@_results
def check_waivers(file: Path | None, config: Path | None, results: Path | None) -> int:
    """Tell the state of each waiver and, with --results, what it matches there.

    FILE is that of the config file where none is named. The exit code is 1 where a waiver has expired.

    \b
    Examples:
      consul-scan waivers check waivers.yaml
      consul-scan waivers check --config consul-scan.yaml --results results.json
    """
    settings = load_config(config) if config else Config(())
    path = file or settings.waivers
    if path is None:
        raise UsageError("No waivers file is named", "Name one, or a --config with `waivers`.")
    there = load_waivers(path, known_rules(settings.policies))
    checks = checked(there, utc_now(), stored_results(results) if results else None)
    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else _UNCUT
    write(render_checks(checks, width=width, colour=terminal), "-")
    return _EXPIRED if any(check.state == "expired" for check in checks) else 0


@waivers.command("new")
@click.option("--rule", "rule_id", required=True, metavar="ID", help="The rule whose failures are accepted.")
@click.option("--cluster", required=True, help="The name of the cluster; * stands for any text.")
@click.option("--subject", required=True, help="The name or id as reports print it; * stands for any text.")
@click.option("--owner", required=True, help="Who accepts it.")
@click.option("--reason", required=True, help="Why it is accepted.")
@click.option("--ticket", help="Where it is tracked.")
@click.option(
    "--days", type=click.IntRange(1, _LONGEST_DAYS), default=90, show_default=True, help="How many days it counts."
)
@_results
@policies_option
def add_waiver(
    rule_id: str,
    cluster: str,
    subject: str,
    owner: str,
    reason: str,
    ticket: str | None,
    days: int,
    results: Path | None,
    config: Path | None,
) -> int:
    """Print a waiver, to be appended to the waivers file; no file is changed.

    With --results it has to match a failure there; where it does not, the nearest is named.

    \b
    Example:
      consul-scan waivers new --rule MGP-207 --cluster dc1 --subject 'mesh-*' --owner net --reason Lab >> waivers.yaml
    """
    rule = rule_called(rule_id, known_rules(load_config(config).policies if config else ()))
    if not rule.in_rego:
        raise UsageError(f"{rule.id} judges waivers, and cannot be waived", "Switch it off: rules.disabled.")
    waiver = new_waiver((rule.id, cluster, subject), (owner, reason, ticket), utc_now(), days)
    if results:
        check_needed(waiver, stored_results(results))
    write(render_entry(waiver), "-")
    return 0
