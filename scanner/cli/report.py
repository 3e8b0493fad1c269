"""`consul-scan report`: render stored results again."""

from pathlib import Path

import click

from scanner.cli.reports import Reports, report_options, write_reports
from scanner.cli.stored import stored_results


@click.command()
@click.argument("results", type=click.Path(path_type=Path), metavar="RESULTS.json")
@report_options
def report(results: Path, reports: Reports) -> int:
    """Render the results of an earlier audit again, as `audit --format json` stored them; - reads them from stdin.

    Each format gives the bytes that the audit gave, the table those of an audit that wrote it to a file. The exit
    code is 0 where all reports were written: it was the audit that judged, and its code stands in the results.

    \b
    Examples:
      consul-scan report results.json
      consul-scan report results.json --format markdown --output summary.md
      consul-scan report results.json --format sarif=audit.sarif --format junit=audit.xml
    """
    write_reports(stored_results(results), reports)
    return 0
