"""Every command tells in whole sentences what it does, and shows it by an example that can be run as it stands."""

import inspect
import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from scanner.cli.main import cli
from tests.groups import inner_command, inner_commands


def walked(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for inner in inner_commands(command):
            yield from walked(inner, f"{name} {inner.name}")


ALL = dict(walked(cli, "consul-scan"))
TOLD = sorted(ALL.items() - {("consul-scan", cli)})


def examples(command: click.Command) -> list[list[str]]:
    """Return the words of each example, without what a shell makes of the rest of the line."""
    block = re.search(r"^Examples?:\n((?:  .+\n?)+)", inspect.cleandoc(command.help or ""), re.MULTILINE)
    assert block, "an example stands below `Example:` or `Examples:`"
    return [words[1:] for line in block[1].splitlines() for words in parted(line) if words[:1] == ["consul-scan"]]


def parted(line: str) -> list[list[str]]:
    """Return the words of each command of a line, parted as a shell does by pipes, redirections and parentheses."""
    reader = shlex.shlex(line, posix=True, punctuation_chars=True)
    reader.whitespace_split = True
    commands: list[list[str]] = [[]]
    for word in reader:
        if set(word) <= set("|<>()&;"):
            commands.append([])
        else:
            commands[-1].append(word)
    return commands


def meant(words: list[str]) -> tuple[str, click.Command, list[str]]:
    """Return the command that some words name, its name, and the words that are left for it."""
    name, command = "consul-scan", ALL["consul-scan"]
    while isinstance(command, click.Group):
        name, command, words = f"{name} {words[0]}", inner_command(command, words[0]), words[1:]
    return name, command, words


@pytest.mark.parametrize(("name", "command"), TOLD, ids=[name for name, _ in TOLD])
def test_an_example_of_the_command_can_be_run_as_it_stands(name: str, command: click.Command) -> None:
    shown = [meant(words) for words in examples(command)]

    assert any(called.startswith(name) for called, _, _ in shown)
    for called, one, words in shown:
        with one.make_context(called, words) as context:
            assert context.params.keys() == {parameter.name for parameter in one.params if parameter.expose_value}


@pytest.mark.parametrize(("name", "command"), sorted(ALL.items()), ids=sorted(ALL))
def test_help_is_made_of_sentences(name: str, command: click.Command) -> None:
    prose = (command.help or "").partition("\b")[0].strip()
    texts = {name: prose, **{one.name or "": one.help or "" for one in command.params if isinstance(one, click.Option)}}

    assert {key: text for key, text in texts.items() if not re.fullmatch(r"[A-Z\W].*\.", text, re.DOTALL)} == {}


@pytest.mark.parametrize("name", [name for name, command in sorted(ALL.items()) if isinstance(command, click.Group)])
def test_a_list_of_commands_is_not_cut(name: str) -> None:
    told = CliRunner().invoke(cli, [*name.split()[1:], "--help"], terminal_width=80).output

    assert re.findall(r"^.*(?:\.\.\.$|.{81,})", told.partition("Commands:")[2], re.MULTILINE) == []
    assert "Commands:" in told
