"""The programs that tests run, pinned by name and version and kept in a cache outside the tree.

`python -m tests.tools install` makes what is missing, `tool(name)` tells where it is.
"""

from tests.tools.cache import install, is_installed, place, tool
from tests.tools.recipe import Tool, ToolMissingError, ToolUnavailableError

__all__ = ["Tool", "ToolMissingError", "ToolUnavailableError", "install", "is_installed", "place", "tool"]
