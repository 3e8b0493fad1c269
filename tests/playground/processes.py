"""Servers as child processes: each with its log file, ended by its own process id, and never left behind."""

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

LEASH = Path(__file__).with_name("leash.py")
LOG_TAIL = 2000

# The leash pulls when the *thread* that started a process ends, and clusters are started by threads that end: so one
# thread, which lives as long as this process, starts them all.
_STARTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="process-starter")


class ProcessEndedError(Exception):
    """A server ended by itself. The text tells which, how, and the end of its log."""


class Process:
    """A running program. It is started by making this object."""

    def __init__(self, argv: Sequence[str], log_file: Path) -> None:
        """Start `argv`, its output appended to `log_file`; it does not get the terminal's Ctrl-C."""
        self.log_file = log_file
        leashed = [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), *argv]
        self._child = _STARTER.submit(start, leashed, log_file).result()

    @property
    def pid(self) -> int:
        """Give the process id."""
        return self._child.pid

    @property
    def is_running(self) -> bool:
        """Tell whether the program has not ended."""
        return self._child.poll() is None

    def check_running(self) -> None:
        """Raise ProcessEndedError where the program has ended."""
        if not self.is_running:
            tail = self.log_file.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:]
            ended = f"{self.log_file.stem} ended with status {self._child.returncode}"
            raise ProcessEndedError(f"{ended}; its log ends:\n{tail}")

    def stop(self, seconds: float) -> int:
        """Ask the program to end, by SIGTERM; give its status. Raises subprocess.TimeoutExpired where it does not."""
        self._child.terminate()
        return self._child.wait(seconds)

    def kill(self) -> None:
        """End the program at once, if it runs: nothing in a playground is worth a graceful stop."""
        self._child.kill()
        self._child.wait()


def start(argv: Sequence[str], log_file: Path) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, with no input."""
    with log_file.open("ab") as log:
        return subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
