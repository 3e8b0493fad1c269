"""`consul-scan serve`: follow the clusters, and serve what is found as metrics."""

import click

from scanner.cli.options import Selection, cluster_options, configuration, engine_options
from scanner.daemon import serve as serve_forever
from scanner.live import LiveScans
from scanner.publish.bind import parse_bind
from scanner.wiring import judgement


@click.command()
@cluster_options
@engine_options
@click.option("--listen", default="127.0.0.1:9118", show_default=True, metavar="HOST:PORT", help="Loopback only.")
@click.option(
    "--interval",
    type=click.FloatRange(min=1),
    default=60,
    show_default=True,
    help="Seconds from one full reading to the next.",
)
def serve(
    selection: Selection,
    engine: str | None,
    opa_url: str | None,
    listen: str,
    interval: float,
) -> int:
    """Follow the clusters, and serve /metrics, /-/healthy and /-/ready until SIGTERM or Ctrl-C.

    What changes in Consul is seen at once where Consul tells of it; everything is read again every interval.

    \b
    Example:
      consul-scan serve --config consul-scan.yaml --interval 60
    """
    bind = parse_bind(listen)
    settings = configuration(selection)
    with judgement(settings, fail_on="medium", engine=engine, opa_url=opa_url) as judge:
        live = LiveScans(settings.clusters, interval, judge)
        serve_forever(live, bind=bind, rules=judge.rule_set.rules)
    return 0
