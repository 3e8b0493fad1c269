"""`consul-scan webhooks`: the endpoints of the config file, what they have not got, a test, and sending it again."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import click

from scanner.cli.listing import Listing
from scanner.config import Config, load_config
from scanner.errors import OutputError, StoreError, UsageError
from scanner.evaluate.parameters import nearest
from scanner.publish.output import write
from scanner.publish.webhooks.settings import Endpoint

_config = click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path),
    envvar="CONSUL_SCAN_CONFIG",
    show_envvar=True,
    required=True,
    help="The config file, for its webhooks and its store.",
)


@click.group(cls=Listing)
def webhooks() -> None:
    """Look after webhooks: what endpoints have not got, whether one can be reached, and sending again.

    All of it may be done beside a running daemon.

    \b
    Examples:
      consul-scan webhooks list --config consul-scan.yaml
      consul-scan webhooks test ops --config consul-scan.yaml
      consul-scan webhooks replay ops --config consul-scan.yaml
    """


@webhooks.command("list")
@_config
@click.option(
    "--format",
    "list_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for programs.",
)
def list_endpoints(config: Path, list_format: str) -> int:
    """List the endpoints, what waits for each, and the messages that were given up.

    \b
    Example:
      consul-scan webhooks list --config consul-scan.yaml --format json
    """
    from scanner.publish.webhooks.listing import Listed, render_json, render_text  # noqa: PLC0415 - as below

    settings = load_config(config)
    path = settings.store.path
    if path is None or not path.is_file():
        listed = [Listed(endpoint, None) for endpoint in settings.webhooks]
    else:
        from scanner.findings.history import opened_history  # noqa: PLC0415 - as in `serve`

        with opened_history(path) as kept:
            listed = [Listed(each, kept.queue(each.name), kept.dead(each.name)) for each in settings.webhooks]
    write(render_json(listed) if list_format == "json" else render_text(listed), "-")
    return 0


@webhooks.command("test")
@click.argument("name")
@_config
def test_endpoint(name: str, config: Path) -> int:
    """Send one event of type `test` to an endpoint, once, and tell what it answered.

    Exit code 0 where it took the event, else 2.

    \b
    Example:
      consul-scan webhooks test ops --config consul-scan.yaml
    """
    # urllib3 and Jinja2 cost a tenth of a second, which other commands need not pay.
    from scanner.publish.webhooks.outcome import fault, outcome  # noqa: PLC0415
    from scanner.publish.webhooks.trial import try_out  # noqa: PLC0415

    endpoint = _called(name, load_config(config))
    answer = try_out(endpoint, str(uuid4()), datetime.now(UTC))
    if outcome(answer) != "success":
        raise OutputError(f"webhook {name} did not take the test: {fault(answer)}", "See docs/webhooks.md")
    write(f"{name} took the test: it answered {answer.status}\n", "-")
    return 0


@webhooks.command("replay")
@click.argument("name")
@click.argument("message", required=False)
@_config
def replay_messages(name: str, message: str | None, config: Path) -> int:
    """Send again what was given up for an endpoint, or one MESSAGE of it, and what waits for it at once.

    An endpoint that was disabled is sent to again. The daemon does it, within seconds; ids stay as they were.

    \b
    Examples:
      consul-scan webhooks replay ops --config consul-scan.yaml
      consul-scan webhooks replay ops 4f1c2a5e-0b7c-4b07-9a53-3f5f2f0f8c11 --config consul-scan.yaml
    """
    from scanner.findings.replay import replay  # noqa: PLC0415 - as in `serve`

    settings = load_config(config)
    endpoint = _called(name, settings)
    if endpoint.format == "alertmanager":
        raise UsageError(f"webhook {name} keeps no messages", "What stands is sent to an Alertmanager each minute.")
    if settings.store.path is None:
        raise StoreError(f"{config} names no store", "Name one in store.path: in memory nothing outlives the daemon.")
    number = replay(settings.store.path, name, message, datetime.now(UTC))
    write(f"{number} {'message waits' if number == 1 else 'messages wait'} for {name} again\n", "-")
    return 0


def _called(name: str, settings: Config) -> Endpoint:
    for endpoint in settings.webhooks:
        if endpoint.name == name:
            return endpoint
    raise UsageError(f"There is no webhook {name}", nearest(name, [endpoint.name for endpoint in settings.webhooks]))
