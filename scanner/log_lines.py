"""Where the log goes: to standard output, a write a line. A line that cannot be written is lost, and that is all."""

import os
import sys
from contextlib import suppress
from threading import Lock
from typing import TextIO

import structlog

_TURN = Lock()
"""So that a long line, which a pipe takes in parts, is not torn apart by another one."""


class LogLines:
    """What structlog prints with. It never raises OSError: a full disk or a reader that died must not end a thread."""

    def __init__(self, stream: TextIO | None) -> None:
        """Write to a stream, past its buffer: what a full disk refused would fail anew at the end of the process.

        None, as Python has it where there is no standard output, takes nothing.
        """
        self._stream = stream

    def msg(self, line: str) -> None:
        """Write a line; what no UTF-8 can say is escaped."""
        if self._stream is not None:
            with _TURN, suppress(OSError):
                os.write(self._stream.fileno(), f"{line}\n".encode(errors="backslashreplace"))

    debug = info = warning = error = critical = msg


def configure_log() -> None:
    """Have all that is logged from now on written so. To be called once, before anything is logged."""
    structlog.configure(logger_factory=lambda *_: LogLines(sys.stdout))
