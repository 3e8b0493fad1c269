"""The entry point, and the one place that turns errors into exit codes."""

import gc
import os
import sys
import traceback
from collections.abc import Sequence

import click

from scanner import __version__
from scanner.cli.listing import LoadedWhenAsked
from scanner.errors import ScanError
from scanner.publish.terminal import printable

_USAGE = 2
_UNEXPECTED = 3
_INTERRUPTED = 130
_LINE_LIMIT = 1000

_COMMANDS = (
    "audit",
    "bundle",
    "check-config",
    "completion",
    "explain",
    "export",
    "history",
    "init",
    "policy",
    "report",
    "rules",
    "serve",
    "version",
    "waivers",
    "webhooks",
)


@click.group(
    cls=LoadedWhenAsked,
    package="scanner.cli",
    loaded_when_asked=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="consul-scan")
def cli() -> None:
    """Judge peered Consul clusters against HashiCorp's document on control-plane traffic through mesh gateways.

    \b
    Exit codes: 0 clean, 1 a failure at or above --fail-on, 2 usage or
    configuration, 3 a rule erred, 4 a cluster could not be read, 130 interrupted.
    """


def exit_code(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; whatever went wrong is told on stderr."""
    try:
        return int(cli.main(list(arguments), prog_name="consul-scan", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        return _USAGE
    except ScanError as error:
        _tell(error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        return _INTERRUPTED
    except Exception:  # noqa: BLE001 - the boundary: a bug must still end in a documented code
        traceback.print_exc()
        click.echo("This is a bug in consul-scan; please report it with the lines above.", err=True)
        return _UNEXPECTED


def _tell(error: ScanError) -> None:
    # The message may hold what a cluster answered, so it is quoted like everything that reaches a terminal.
    head, *rest = [printable(line, _LINE_LIMIT) for line in error.message.splitlines()]
    click.echo("\n".join([f"Error: {head}", *rest]), err=True)
    if error.advice:
        click.echo(f"  -> {printable(error.advice, _LINE_LIMIT)}", err=True)


def run() -> None:
    """Run the process's own command line, and end the process with its code."""
    # Commands end before garbage counts, and to look for it took a tenth of their time. `serve` looks for it again.
    gc.disable()
    code = exit_code(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that still wait for a silent cluster must not hold the exit.
    os._exit(code)
