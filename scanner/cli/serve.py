"""`consul-scan serve`: audit again and again, and serve the outcome as metrics."""

import click

from scanner.cli.options import Selection, cluster_options, configuration, engine_options
from scanner.daemon import serve as serve_forever
from scanner.publish.bind import parse_bind
from scanner.wiring import judgement, live_audit


@click.command()
@cluster_options
@engine_options
@click.option("--listen", default="127.0.0.1:9118", show_default=True, metavar="HOST:PORT", help="Loopback only.")
@click.option(
    "--interval", type=click.FloatRange(min=1), default=60, show_default=True, help="Seconds from audit to audit."
)
def serve(
    selection: Selection,
    engine: str | None,
    opa_url: str | None,
    listen: str,
    interval: float,
) -> int:
    """Audit the clusters every interval, and serve /metrics, /-/healthy and /-/ready until SIGTERM or Ctrl-C.

    \b
    Example:
      consul-scan serve --config consul-scan.yaml --interval 60
    """
    bind = parse_bind(listen)
    settings = configuration(selection)
    with judgement(settings, fail_on="medium", engine=engine, opa_url=opa_url) as judge:
        serve_forever(live_audit(settings, judge), bind=bind, interval=interval, rules=judge.rules)
    return 0
