"""`consul-scan serve`: follow the clusters, and serve what is found as metrics."""

from pathlib import Path

import click

from scanner.cli.options import Selection, cluster_options, configuration, engine_options
from scanner.config.web import web_door
from scanner.daemon import serve as serve_forever
from scanner.live import LiveScans
from scanner.pipeline import utc_now
from scanner.publish.bind import parse_bind
from scanner.publish.web import Outlet
from scanner.wiring import judgement


@click.command()
@cluster_options
@engine_options
@click.option(
    "--listen",
    default="127.0.0.1:9118",
    show_default=True,
    metavar="HOST:PORT",
    help="The address; one that is not loopback takes --web-config.",
)
@click.option(
    "--web-config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Who may ask, and TLS, as Prometheus has it; read anew when it changes (docs/web.md).",
)
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
    web_config: Path | None,
    interval: float,
) -> int:
    """Follow the clusters, and serve /metrics, /-/healthy and /-/ready until SIGTERM or Ctrl-C.

    What changes in Consul is seen at once where Consul tells of it; everything is read again every interval.

    \b
    Example:
      consul-scan serve --config consul-scan.yaml --interval 60
      consul-scan serve --config consul-scan.yaml --listen 0.0.0.0:9118 --web-config web.yaml
    """
    # SQLAlchemy costs a fifth of a second, which commands that remember nothing need not pay.
    from scanner.findings.remembering import Remembering, opened_register  # noqa: PLC0415

    bind = parse_bind(listen)
    door = web_door(web_config, bind)
    settings = configuration(selection)
    with judgement(settings, fail_on="medium", engine=engine, opa_url=opa_url) as judge:
        outlet = Outlet(door, judge.rules, settings.finding_series)
        with opened_register(settings.store, judge.rules) as register:
            live = LiveScans(settings.clusters, interval, judge, Remembering(register, utc_now))
            serve_forever(live, bind=bind, outlet=outlet)
    return 0
