"""`consul-scan completion`: what a shell needs to complete our command line."""

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from scanner.publish.output import write

_SHELLS: dict[str, type[ShellComplete]] = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}
_VARIABLE = "_CONSUL_SCAN_COMPLETE"
"""What click looks for when a shell asks for completions, made of our name."""


@click.command()
@click.argument("shell", type=click.Choice(list(_SHELLS)))
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print what makes SHELL complete our commands, options and rule ids.

    \b
    Examples:
      source <(consul-scan completion bash)
      consul-scan completion zsh > ~/.zfunc/_consul-scan
      consul-scan completion fish > ~/.config/fish/completions/consul-scan.fish
    """
    command = context.find_root().command
    write(_SHELLS[shell](command, {}, "consul-scan", _VARIABLE).source() + "\n", "-")
    return 0
