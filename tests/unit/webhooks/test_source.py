"""Secrets are read late, anew each time, and not shown."""

from pathlib import Path

import pytest

from scanner.errors import ConfigError
from scanner.publish.webhooks.source import InFile, InVariable, Written


def test_a_file_is_read_anew_each_time(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    source = InFile(path)
    for written in ("first\n", "  second\nthird \n"):
        path.write_text(written)
        assert source.text() == written.strip()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read: No such file or directory"),
        ("", "holds nothing"),
        (" \n", "holds nothing"),
        ("hush" * 2000, "holds more than"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_not_shown(tmp_path: Path, content: str | None, told: str) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_text(content)

    with pytest.raises(ConfigError) as caught:
        InFile(path).text()

    assert caught.value.message.startswith(f"{path} {told}")
    assert caught.value.advice
    assert "hush" not in str(caught.value)


def test_a_variable_is_looked_up_when_it_is_needed() -> None:
    environment: dict[str, str] = {}
    source = InVariable("HOOK", environment)
    with pytest.raises(ConfigError, match="the environment name HOOK holds nothing"):
        source.text()
    environment["HOOK"] = "value\n"

    assert source.text() == "value"
    assert "value" not in repr(source)


def test_what_is_written_is_taken() -> None:
    assert Written("http://127.0.0.1").text() == "http://127.0.0.1"
