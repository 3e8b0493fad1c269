"""The commands of a click group, as click itself finds them: some are loaded only where they are asked for."""

import click


def inner_command(group: click.Group, name: str) -> click.Command:
    """Return the command of a name."""
    command = group.get_command(click.Context(group), name)
    assert command, name
    return command


def inner_commands(group: click.Group) -> list[click.Command]:
    """Return all commands, by name."""
    return [inner_command(group, name) for name in group.list_commands(click.Context(group))]
