"""`consul-scan audit`: read or load a snapshot, judge it, tell."""

from dataclasses import replace
from pathlib import Path
from typing import get_args

import click

from scanner.cli.options import Selection, cluster_options, configuration, engine_options, path_window_option
from scanner.cli.progress import progress
from scanner.cli.reports import Reports, report_options, write_reports
from scanner.cli.stored import stored_results, stored_snapshot
from scanner.config import Config, load_config
from scanner.errors import UsageError
from scanner.model.document import Json
from scanner.model.rule import Severity
from scanner.pipeline import utc_now
from scanner.wiring import judgement, live_snapshot


@click.command()
@cluster_options
@click.option(
    "--snapshot", type=click.Path(path_type=Path), help="Judge this stored snapshot, - for stdin; no cluster is asked."
)
@engine_options
@report_options
@click.option(
    "--fail-on",
    type=click.Choice(get_args(Severity)),
    default="medium",
    show_default=True,
    help="The mildest severity whose failures give exit code 1.",
)
@path_window_option
@click.option(
    "--waivers",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file of accepted failures, in place of the config file's own. They are shown and do not fail the audit.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="RESULTS.json",
    help="Results of an earlier audit, whose failures do not fail this one: only what is new does.",
)
def audit(
    selection: Selection,
    snapshot: Path | None,
    engine: str | None,
    opa_url: str | None,
    reports: Reports,
    fail_on: Severity,
    path_window: float,
    waivers: Path | None,
    baseline: Path | None,
) -> int:
    """Judge clusters, and tell what is wrong, what cannot be known, and how to mend it.

    \b
    Examples:
      consul-scan audit --config consul-scan.yaml
      consul-scan audit --cluster dc1=http://127.0.0.1:8500 --cluster dc2=http://127.0.0.1:9500
      consul-scan audit --snapshot snapshot.json --format json --output results.json
      consul-scan audit --config consul-scan.yaml --format table --format sarif=audit.sarif --format junit=audit.xml
      consul-scan audit --config consul-scan.yaml --waivers waivers.yaml
      consul-scan audit --config consul-scan.yaml --baseline results.json
    """
    started_at = utc_now()
    settings = _offline(selection) if snapshot else configuration(selection)
    settings = replace(settings, waivers=waivers or settings.waivers)
    earlier = stored_results(baseline) if baseline else None
    with judgement(settings, fail_on=fail_on, engine=engine, opa_url=opa_url) as judge:
        gate = judge.against(earlier) if earlier else judge
        results = gate.results(_snapshot(snapshot, settings, path_window), started_at)
    write_reports(results, reports)
    return int(results["summary"]["exit_code"])


def _offline(selection: Selection) -> Config:
    if selection.has_flags:
        raise UsageError(
            "--snapshot and --cluster, --token-file, --ca-file exclude each other",
            "A stored snapshot has its clusters in it.",
        )
    return load_config(selection.config) if selection.config else Config(())


def _snapshot(stored: Path | None, settings: Config, path_window: float) -> Json:
    if stored and path_window:
        raise UsageError("--snapshot and --path-window exclude each other", "A stored snapshot has its samples in it.")
    if stored:
        return stored_snapshot(stored)
    with progress() as report:
        return live_snapshot(settings, report, path_window)
