"""`consul-scan audit`: read or load a snapshot, judge it, tell."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

import click

from scanner.cli.filters import Wanted, coverage_gate_option, filter_options
from scanner.cli.options import Selection, cluster_options, engine_options, path_window_option
from scanner.cli.source import chosen_source, snapshot_option
from scanner.model.document import Json
from scanner.model.rule import Severity
from scanner.pipeline import utc_now
from scanner.publish.formats import RENDERERS
from scanner.publish.output import write
from scanner.wiring import judgement


@click.command()
@cluster_options
@snapshot_option
@engine_options
@click.option(
    "--format",
    "report_format",
    type=click.Choice(list(RENDERERS)),
    default="table",
    show_default=True,
    help="For people or for programs.",
)
@click.option("-o", "--output", default="-", metavar="FILE", help="Where to write the report; - is stdout.")
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
def audit(
    selection: Selection,
    snapshot: Path | None,
    engine: str | None,
    opa_url: str | None,
    report_format: str,
    output: str,
    fail_on: Severity,
    fail_coverage_below: float,
    wanted: Wanted,
    path_window: float,
) -> int:
    """Judge clusters, and tell what is wrong, what cannot be known, and how to mend it.

    \b
    Examples:
      consul-scan audit --config consul-scan.yaml
      consul-scan audit --cluster dc1=http://127.0.0.1:8500 --cluster dc2=http://127.0.0.1:9500
      consul-scan audit --snapshot snapshot.json --format json --output results.json
      consul-scan audit --config consul-scan.yaml --rule MGP-301 --only-cluster dc1 --fail-coverage-below 90%
    """
    started_at = utc_now()
    source = chosen_source(selection, snapshot, path_window)
    with judgement(source.settings, fail_on=fail_on, engine=engine, opa_url=opa_url) as judge:
        narrowed_to = wanted.filter(judge.rule_set.rules, source.clusters)
        gated = replace(judge, narrowed_to=narrowed_to, fail_coverage_below=fail_coverage_below)
        results = gated.results(source.snapshot(), started_at)
    write(_rendered(results, report_format, output), output)
    return int(results["summary"]["exit_code"])


def _rendered(results: Json, report_format: str, output: str) -> str:
    terminal = output == "-" and sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else 100
    return RENDERERS[report_format](results, width=width, colour=terminal)
