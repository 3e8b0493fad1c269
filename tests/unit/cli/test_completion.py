"""Shells complete our commands, options and rule ids: bash for real, the others by what they are told."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import NoReturn

import pytest

from scanner import __version__
from scanner.cli.main import exit_code
from scanner.evaluate import embedded
from scanner.evaluate.policies import PolicySet
from scanner.wiring import known_rules

FOLDER = Path(sys.executable).parent

# What bash does when the tab key is pressed at the end of these words.
PRESS_TAB = """
source <(consul-scan completion bash)
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_consul_scan_completion consul-scan
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(*words: str) -> list[str]:
    bash = shutil.which("bash")
    assert bash, "bash is part of every system that this is developed on"
    path = f"{FOLDER}:{os.environ['PATH']}"
    done = subprocess.run(
        [bash, "--norc", "-c", PRESS_TAB, "bash", "consul-scan", *words],
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes_a_command() -> None:
    assert completed("expl") == ["explain"]
    assert completed("rules", "s") == ["show"]


def test_bash_completes_an_option() -> None:
    assert completed("audit", "--fail-c") == ["--fail-coverage-below"]


def test_bash_completes_a_rule() -> None:
    wanted = ["MGP-301", "MGP-302", "MGP-303", "MGP-304"]

    assert completed("audit", "--rule", "MGP-30") == wanted
    assert completed("explain", "mgp-30") == wanted
    assert completed("rules", "show", "MGP-30") == wanted


def test_bash_completes_the_name_of_a_rule() -> None:
    assert completed("audit", "--rule", "mesh") == ["mesh_entry", "mesh_entry_partition"]


def test_bash_completes_a_format() -> None:
    assert completed("audit", "--format", "j") == ["json", "junit"]
    assert completed("report", "--format", "sar") == ["sarif"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_asks_our_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["completion", shell]) == 0
    assert f"_CONSUL_SCAN_COMPLETE={shell}_complete" in capsys.readouterr().out


def test_another_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["completion", "csh"]) == 2
    assert "'csh' is not one of 'bash', 'zsh', 'fish'" in capsys.readouterr().err


def test_version_tells_what_a_bug_report_wants(capsys: pytest.CaptureFixture[str], policy_set: PolicySet) -> None:
    assert exit_code(["version"]) == 0

    told = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert told["consul-scan"] == __version__
    assert told["python"] == ".".join(map(str, sys.version_info[:3]))
    assert told["engine"] == f"embedded {embedded.installed_version()}"
    assert told["policies"] == policy_set.sha256
    assert int(told["rules"]) == len(known_rules(()))


def test_version_tells_an_engine_that_is_not_there(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> NoReturn:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(embedded, "version", missing)

    assert exit_code(["version"]) == 0
    assert "embedded not installed" in capsys.readouterr().out
