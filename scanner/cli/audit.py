"""`consul-scan audit`: read or load a snapshot, judge it, tell."""

from dataclasses import replace
from pathlib import Path
from typing import get_args

import click

from scanner.cli.filters import Wanted, coverage_gate_option, filter_options
from scanner.cli.options import Selection, cluster_options, engine_options, path_window_option
from scanner.cli.reports import Reports, report_options, write_reports
from scanner.cli.source import chosen_source, snapshot_option
from scanner.cli.stored import stored_results
from scanner.model.rule import Severity
from scanner.pipeline import utc_now
from scanner.wiring import judgement


@click.command()
@cluster_options
@snapshot_option
@engine_options
@report_options
@click.option(
    "--fail-on",
    type=click.Choice(get_args(Severity)),
    default="medium",
    show_default=True,
    help="The mildest severity whose failures give exit code 1.",
)
@coverage_gate_option
@filter_options
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
    fail_coverage_below: float,
    wanted: Wanted,
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
      consul-scan audit --config consul-scan.yaml --rule MGP-301 --only-cluster dc1 --fail-coverage-below 90%
    """
    started_at = utc_now()
    source = chosen_source(selection, snapshot, path_window)
    settings = replace(source.settings, waivers=waivers or source.settings.waivers)
    earlier = stored_results(baseline) if baseline else None
    with judgement(settings, fail_on=fail_on, engine=engine, opa_url=opa_url) as judge:
        narrowed_to = wanted.filter(judge.rules, source.clusters)
        gated = replace(judge, narrowed_to=narrowed_to, fail_coverage_below=fail_coverage_below)
        gate = gated.against(earlier) if earlier else gated
        results = gate.results(source.snapshot(), started_at)
    write_reports(results, reports)
    return int(results["summary"]["exit_code"])
