"""`consul-scan serve`: follow the clusters, and serve what is found as metrics."""

import gc
from functools import partial
from pathlib import Path

import click

from scanner.cli.options import Selection, cluster_options, configuration, engine_options
from scanner.config.web import web_door
from scanner.daemon import serve as serve_forever
from scanner.live import LONGEST_GATHER_S
from scanner.log_lines import configure_log
from scanner.publish.bind import parse_bind
from scanner.publish.systemd import check_watchdog, systemd_of
from scanner.running import running
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
    """Follow the clusters, and serve /metrics, /-/healthy, /-/ready and /api/v1 until SIGTERM or Ctrl-C.

    What changes in Consul is seen at once where Consul tells of it; everything is read again every interval.
    SIGHUP has the config file, its policies and its waivers read anew, as a whole or not at all (docs/service.md).

    \b
    Example:
      consul-scan serve --config consul-scan.yaml --interval 60
      consul-scan serve --config consul-scan.yaml --listen 0.0.0.0:9118 --web-config web.yaml
    """
    # SQLAlchemy costs a fifth of a second, which commands that remember nothing need not pay.
    from scanner.assembly import Assembly  # noqa: PLC0415
    from scanner.findings.remembering import opened_store  # noqa: PLC0415

    # What is loaded by now stays, so nobody has to look whether it is garbage.
    gc.freeze()
    gc.enable()
    configure_log()
    bind = parse_bind(listen)
    systemd = systemd_of()
    check_watchdog(systemd, interval + LONGEST_GATHER_S)
    door = web_door(web_config, bind)
    judge = partial(judgement, fail_on="medium", engine=engine, opa_url=opa_url)
    settings = configuration(selection).store
    with opened_store(settings) as store:
        build = Assembly(partial(configuration, selection), judge, interval, door, store, settings.path)
        with running(build, build.again) as runs:
            serve_forever(runs, bind=bind, systemd=systemd)
    return 0
