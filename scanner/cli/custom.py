"""`consul-scan rules new`, `check` and `test`: rules of one's own, from nothing to one that can be relied on."""

from pathlib import Path

import click

from scanner.cli.options import engine_options, policies_option
from scanner.config import Config, load_config
from scanner.custom.report import faults_json, faults_text, trials_json, trials_text
from scanner.custom.scaffold import check_names, write_scaffold
from scanner.errors import UsageError
from scanner.publish.output import write
from scanner.wiring import known_rules
from scanner.workbench import checked_folders, tried_folders

_FAULTY = 2
_FAILED = 1

_folders = click.argument("folders", metavar="[FOLDER]...", nargs=-1, type=click.Path(path_type=Path))
_format = click.option(
    "--format",
    "report_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for programs.",
)


@click.command("new")
@click.argument("rule_id", metavar="ID")
@click.argument("name")
@click.option(
    "--folder", type=click.Path(path_type=Path), default="extra", show_default=True, help="Where to write it."
)
@click.option("--group", default="custom", show_default=True, help="The group of rules that it belongs to.")
@policies_option
def new_rule(rule_id: str, name: str, folder: Path, group: str, config: Path | None) -> int:
    """Write a rule with its cases, to be changed into what you want.

    \b
    Example:
      consul-scan rules new ACME-001 enough_servers --folder extra
    """
    folders = dict.fromkeys([folder, *(load_config(config).policies if config else ())])
    check_names(rule_id, name, group, known_rules([one for one in folders if any(one.rglob("*.rego"))]))
    for path in write_scaffold(folder, rule_id, name, group):
        click.echo(f"Written: {path}")
    click.echo(f"Change them, then: consul-scan rules check {folder} && consul-scan rules test {folder}")
    return 0


@click.command("check")
@_folders
@policies_option
@_format
def check_rules(folders: tuple[Path, ...], config: Path | None, report_format: str) -> int:
    """Tell all that an audit would refuse of your rules, with file, line and what to write instead.

    \b
    Example:
      consul-scan rules check extra
    """
    checked, faults = checked_folders(_chosen(folders, config).policies)
    render = faults_json if report_format == "json" else faults_text
    write(render(faults, checked), "-")
    return _FAULTY if faults else 0


@click.command("test")
@_folders
@policies_option
@engine_options
@_format
def run_cases(
    folders: tuple[Path, ...], config: Path | None, engine: str | None, opa_url: str | None, report_format: str
) -> int:
    """Try the cases of your rules, and tell which lines of the rules they reach.

    \b
    Examples:
      consul-scan rules test extra
      consul-scan rules test extra --opa-url http://127.0.0.1:8181
    """
    report = tried_folders(_chosen(folders, config), engine, opa_url)
    render = trials_json if report_format == "json" else trials_text
    write(render(report), "-")
    return _FAILED if report.failed else 0


def _chosen(folders: tuple[Path, ...], config: Path | None) -> Config:
    """Return the folders that were named, or else those of the config file."""
    if folders:
        return Config((), policies=folders)
    settings = load_config(config) if config else Config(())
    if not settings.policies:
        raise UsageError("No folder of rules is named", "Name one, or a --config with `policies`.")
    return settings
