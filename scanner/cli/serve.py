"""`consul-scan serve`: audit again and again, and serve the outcome as metrics."""

import click

from scanner.cli.options import Selection, cluster_options, configuration, engine_options
from scanner.daemon import serve as serve_forever
from scanner.pipeline import utc_now
from scanner.publish.bind import parse_bind
from scanner.wiring import judgement, live_scan


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
    # SQLAlchemy costs a fifth of a second, which commands that remember nothing need not pay.
    from scanner.findings.failing_scans import FailingScans  # noqa: PLC0415
    from scanner.findings.register import Register  # noqa: PLC0415
    from scanner.findings.remembering import opened_store, remembering, telling_failures  # noqa: PLC0415

    bind = parse_bind(listen)
    settings = configuration(selection)
    with judgement(settings, fail_on="medium", engine=engine, opa_url=opa_url) as judge:
        rules = judge.rule_set.rules
        with opened_store(settings.store) as store:
            scan = telling_failures(live_scan(settings, judge), FailingScans(store.database), utc_now)
            audit = remembering(scan, Register(store, rules, settings.store.retention), utc_now)
            serve_forever(audit, bind=bind, interval=interval, rules=rules)
    return 0
