"""The locked requirements are installed as they are: nothing is resolved anew on a new machine."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["Makefile", "Dockerfile"])
def test_locked_files_are_installed_without_resolving(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    installs = [line for line in lines if "--require-hashes" in line]
    assert installs
    assert [line for line in installs if "--no-deps" not in line] == []


@pytest.mark.parametrize("name", ["Makefile", "Dockerfile"])
def test_what_was_installed_is_complete(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text.count("pip check") >= text.count("--require-hashes -")
