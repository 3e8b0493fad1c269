"""What every pinned tool has in common, whatever it is made from."""

import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class ToolUnavailableError(Exception):
    """A tool could not be made. The text names the tool and what was tried."""

    def __init__(self, name: str, tried: Sequence[str]) -> None:
        """Join what was `tried`, each with its outcome, into one text."""
        super().__init__(f"cannot make {name}; tried: " + "; then: ".join(tried))


class ToolMissingError(Exception):
    """A tool is not in the cache. The text holds the command that puts it there."""

    def __init__(self, names: Sequence[str]) -> None:
        """Tell how to make the tools called `names`."""
        listed = " ".join(names)
        super().__init__(f"not in the cache: {listed}; make it with: python -m tests.tools install {listed}")


class StepFailedError(Exception):
    """One command of a recipe failed. The text is the command and how it ended."""

    def __init__(self, command: Sequence[str], outcome: str) -> None:
        """Put the `outcome` after the command."""
        super().__init__(f"{' '.join(command)} ({outcome})")


@dataclass(frozen=True)
class Tool(ABC):
    """A program pinned by `name`, which ends in its version where the source has one.

    `program` is where the program lies inside the tool's folder, `why` what tests need it for, `minutes` how long it
    takes to make from nothing.
    """

    name: str
    program: str
    why: str
    minutes: float

    @property
    @abstractmethod
    def source(self) -> str:
        """Tell in a few words what the tool is made from."""

    @abstractmethod
    def make(self, folder: Path) -> None:
        """Put the tool into the empty `folder`, so that `folder / program` runs.

        Raises ToolUnavailableError where every way to make it failed.
        """


def run_step(command: Sequence[str], *, folder: Path | None = None, environ: Mapping[str, str] | None = None) -> None:
    """Run one command of a recipe; its output goes to standard error, so that only answers are on standard output.

    Raises StepFailedError where the command is absent or ends with another status than 0.
    """
    try:
        ended = subprocess.run(command, cwd=folder, env=environ, stdout=2, check=False)
    except OSError as error:
        raise StepFailedError(command, str(error.strerror)) from error
    if ended.returncode != 0:
        raise StepFailedError(command, f"exit status {ended.returncode}")
