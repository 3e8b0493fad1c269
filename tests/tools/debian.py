"""Tools of a Debian package: installed where we are root, unpacked into the cache where we are not."""

import os
from dataclasses import dataclass
from pathlib import Path

from tests.tools.recipe import StepFailedError, Tool, ToolUnavailableError, run_step


@dataclass(frozen=True)
class DebianTool(Tool):
    """A tool at `/program` once the Debian package `package` is installed, in the version that the system offers."""

    package: str

    @property
    def source(self) -> str:
        """Tell which package it is."""
        return f"Debian package {self.package}"

    def make(self, folder: Path) -> None:
        """Get the package, once more with fresh package lists where the first try fails."""
        get = self.install if os.geteuid() == 0 else self.unpack
        tried: list[str] = []
        for refresh in (False, True):
            try:
                if refresh:
                    run_step(["apt-get", "update", "-qq"])
                get(folder)
            except StepFailedError as error:
                tried.append(str(error))
            else:
                return
        raise ToolUnavailableError(self.name, tried)

    def install(self, folder: Path) -> None:
        """Install the package, with what it depends on, and link its program into `folder`."""
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run_step(["apt-get", "install", "-qq", "--no-install-recommends", self.package], environ=environ)
        (folder / self.program).parent.mkdir(parents=True, exist_ok=True)
        (folder / self.program).symlink_to(Path("/") / self.program)

    def unpack(self, folder: Path) -> None:
        """Unpack the package into `folder`; what it depends on has to be on the machine."""
        run_step(["apt-get", "download", "-qq", self.package], folder=folder)
        archives = [str(archive) for archive in folder.glob(f"{self.package}_*.deb")]
        run_step(["dpkg", "-x", *archives, str(folder)])
