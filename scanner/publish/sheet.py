"""A sheet that text is set on, line by line, for a terminal of a given width or a pipe."""

from io import StringIO

from rich.console import Console
from rich.text import Text

from scanner.publish.terminal import starts_log_command

NARROWEST = 40
WIDEST_PROSE = 120
INDENT = "  "


class Sheet:
    """Wraps and indents lines of already printable text; commands go on it untouched.

    Only `Text` objects are given to rich, as it reads markup such as `[red]` in plain strings.
    """

    def __init__(self, *, width: int, colour: bool) -> None:
        """Take the width in columns; without colour no escape sequence is written at all."""
        self._width = max(width, NARROWEST)
        self._file = StringIO()
        self._console = Console(
            file=self._file,
            width=self._width,
            force_terminal=colour,
            color_system="standard" if colour else None,
            no_color=not colour,
            legacy_windows=False,
        )

    def text(self) -> str:
        """Return all that was written."""
        return self._file.getvalue()

    def blank(self) -> None:
        """Leave one line free."""
        self._console.print()

    def paragraph(self, line: Text, *, depth: int = 0, hang: int = 0) -> None:
        """Write a line, wrapped, `depth` steps in; lines after the first `hang` columns further in."""
        margin = len(INDENT) * depth
        first = True
        for part in line.wrap(self._console, min(self._width, WIDEST_PROSE) - margin - hang):
            part.rstrip()
            self._write(Text(" " * (margin if first else margin + hang)) + part)
            first = False

    def one_line(self, line: Text, *, depth: int = 0) -> None:
        """Write a line `depth` steps in, cut with an ellipsis where the sheet ends."""
        whole = Text(INDENT * depth) + line
        whole.truncate(self._width, overflow="ellipsis")
        self._write(whole)

    def verbatim(self, command: str) -> None:
        """Write a command from the first column, neither wrapped nor cut: a here-document must survive copying."""
        self._file.write(command if command.endswith("\n") else f"{command}\n")

    def _write(self, line: Text) -> None:
        # Wrapping may begin a line with what a CI log obeys.
        if starts_log_command(line.plain):
            line = _disarmed(line)
        self._console.print(line, no_wrap=True, overflow="ignore", crop=False)


def _disarmed(line: Text) -> Text:
    start = line.plain.index("::")
    return Text.assemble(line[: max(start - 1, 0)], "\\", line[start:])
