"""`python -m tests.tools install [NAME...]` makes missing tools; `path NAME` prints where one is."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tests.tools.cache import install, tool
from tests.tools.pins import PINS, TOOLS
from tests.tools.recipe import ToolMissingError, ToolUnavailableError


def command_line() -> argparse.ArgumentParser:
    """Describe the two commands and their arguments."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    installing = commands.add_parser("install", help="make each tool that is not yet in the cache")
    installing.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one of: {', '.join(TOOLS)}; none: all that `make test` needs"
    )
    asking = commands.add_parser("path", help="print the path of an installed tool")
    asking.add_argument("names", nargs=1, metavar="NAME", choices=TOOLS)
    return parser


def main() -> int:
    """Carry out one command; give the exit status: 0, or 1 where a tool is missing or cannot be made."""
    parser = command_line()
    chosen = parser.parse_args()
    unknown = [name for name in chosen.names if name not in TOOLS]
    if unknown:
        parser.error(f"no such tool: {', '.join(unknown)} (there are: {', '.join(TOOLS)})")
    find = install if chosen.command == "install" else tool
    # One that cannot be had must not keep the others away.
    return max(found(find, name) for name in chosen.names or [pin.name for pin in PINS])


def found(find: Callable[[str], Path], name: str) -> int:
    """Print where a tool is, or why there is none; give the exit status."""
    try:
        print(find(name))
    except (ToolUnavailableError, ToolMissingError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
