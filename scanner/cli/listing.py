"""A group of commands whose help lists what each does, in a whole sentence."""

import click


class Listing(click.Group):
    """A click group that wraps the sentence of a command where click cuts it at the end of its line."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a row for each command: its name, and the first sentence of its help."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, command.get_short_help_str(_WHOLE)) for name, command in commands if command]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


_WHOLE = 1000
"""More characters than any sentence of ours has."""
