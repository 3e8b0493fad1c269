"""`consul-scan version`: what is installed, as a bug report wants it."""

import platform

import click

from scanner import __version__
from scanner.config import Config
from scanner.evaluate.embedded import installed_version
from scanner.publish.output import write
from scanner.wiring import configured_rules, known_rules


@click.command()
def version() -> int:
    """Tell the version of consul-scan, Python and the embedded engine, and the hash of our policies.

    Results name the same hash (`scan.hashes.policies`), unless rules of your own judged too.

    \b
    Example:
      consul-scan version
    """
    rule_set = configured_rules(Config(()))
    lines = [
        f"consul-scan {__version__}",
        f"python      {platform.python_version()}",
        f"engine      embedded {installed_version() or 'not installed'}",
        f"rules       {len(known_rules(()))}",
        f"policies    {rule_set.policies.sha256}",
    ]
    write("\n".join(lines) + "\n", "-")
    return 0
