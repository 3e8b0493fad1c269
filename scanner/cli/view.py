"""How a command shows text to people."""

import shutil
import sys

_PIPE_WIDTH = 100


def view(pipe_width: int = _PIPE_WIDTH) -> tuple[int, bool]:
    """Return the width in columns, `pipe_width` where stdout is no terminal, and whether there is colour."""
    terminal = sys.stdout.isatty()
    return (shutil.get_terminal_size().columns if terminal else pipe_width), terminal
