"""Where tools are kept: a folder outside the tree, one folder a tool, each put there whole or not at all."""

import fcntl
import os
import shutil
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.tools.pins import TOOLS
from tests.tools.recipe import Tool, ToolMissingError


def cache_folder() -> Path:
    """Give the folder that holds all tools: $CONSUL_SCAN_TOOLS, else one in the user's cache."""
    chosen = os.environ.get("CONSUL_SCAN_TOOLS")
    return Path(chosen) if chosen else Path.home() / ".cache" / "consul-scan" / "tools"


def place(name: str) -> Path:
    """Give the path that the program of a pinned tool has once it is installed.

    Raises KeyError for a name that is not pinned.
    """
    return cache_folder() / name / TOOLS[name].program


def is_installed(name: str) -> bool:
    """Tell whether a pinned tool is in the cache. Raises KeyError for a name that is not pinned."""
    return os.access(place(name), os.X_OK)


def tool(name: str) -> Path:
    """Give the path of an installed tool's program.

    Raises ToolMissingError where it is not installed, KeyError for a name that is not pinned.
    """
    if not is_installed(name):
        raise ToolMissingError([name])
    return place(name)


def install(name: str) -> Path:
    """Make a tool unless the cache has it, and give the path of its program.

    Raises ToolUnavailableError where it cannot be made, KeyError for a name that is not pinned.
    """
    cache_folder().mkdir(parents=True, exist_ok=True)
    with only_one_builder(name):
        if not is_installed(name):
            announce(TOOLS[name])
            publish(TOOLS[name])
    return place(name)


def announce(pin: Tool) -> None:
    """Say what is being made and why, so that nobody takes minutes of silence for a hang."""
    sys.stderr.write(f"{pin.name}: making it from {pin.source} ({pin.why}); takes about {pin.minutes:g} min\n")
    sys.stderr.flush()


def publish(pin: Tool) -> None:
    """Make a tool beside its place and move it there when it is whole: an interrupted build is no tool."""
    part, target = cache_folder() / f"{pin.name}.part", cache_folder() / pin.name
    for folder in (part, target):
        shutil.rmtree(folder, ignore_errors=True)
    part.mkdir()
    pin.make(part)
    part.replace(target)


@contextmanager
def only_one_builder(name: str) -> Generator[None]:
    """Hold the tool's lock, so that of two runs the second waits and then finds the tool made."""
    with (cache_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
