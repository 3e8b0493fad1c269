"""Groups of commands: their help in whole sentences, and commands that are loaded where they are asked for."""

from collections.abc import Collection
from importlib import import_module
from typing import Any

import click


class Listing(click.Group):
    """A click group that wraps the sentence of a command where click cuts it at the end of its line."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a row for each command: its name, and the first sentence of its help."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, command.get_short_help_str(_WHOLE)) for name, command in commands if command]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class LoadedWhenAsked(Listing):
    """A listing whose command `a-b` is `a_b` of the module `a_b` in a package, imported when somebody asks for it.

    An audit starts in half the time as it does not load the web server, the store and the log of `serve`.
    """

    def __init__(self, *, package: str, loaded_when_asked: Collection[str], **settings: Any) -> None:
        """Take the package's dotted name and the commands' names as they are typed, beside a group's own settings."""
        super().__init__(**settings)
        self._package = package
        self._names = sorted(loaded_when_asked)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands, sorted."""
        return self._names

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Return the command of a name, None where there is none."""
        if cmd_name not in self._names:
            return None
        attribute = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"{self._package}.{attribute}"), attribute)
        return command


_WHOLE = 1000
"""More characters than any sentence of ours has."""
