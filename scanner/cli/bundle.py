"""`consul-scan bundle`: write the policies as an OPA bundle."""

from pathlib import Path

import click

from scanner.config import load_config
from scanner.errors import UsageError
from scanner.publish.output import STANDARD_OUTPUT, write_bytes
from scanner.wiring import policy_bundle


@click.command()
@click.option("-o", "--output", required=True, metavar="FILE", help="Where to write the bundle, such as bundle.tar.gz.")
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path),
    envvar="CONSUL_SCAN_CONFIG",
    show_envvar=True,
    help="The config file, for the rules in its `policies` folders.",
)
@click.option(
    "--signing-key-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Sign it (HS256) with the secret in this file, of at least 32 bytes.",
)
def bundle(output: str, config: Path | None, signing_key_file: Path | None) -> int:
    """Write our policies, and those of the config file, as a bundle for an OPA server.

    The same policies give the same bytes. Its revision is the hash of the policies that results name.

    \b
    Examples:
      consul-scan bundle --output bundle.tar.gz
      opa run --server --bundle bundle.tar.gz
      consul-scan audit --config consul-scan.yaml --opa-url http://127.0.0.1:8181
    """
    if output == STANDARD_OUTPUT:
        raise UsageError("A bundle is not text, and - is standard output", "Name a file with --output.")
    folders = load_config(config).policies if config else ()
    write_bytes(policy_bundle(folders, signing_key_file), output)
    return 0
