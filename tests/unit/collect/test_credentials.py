"""Tokens are read late, anew, and never shown."""

from pathlib import Path

import pytest

from scanner.collect.credentials import BasicAuth, TokenFile, TokenVariable
from scanner.errors import ConfigError
from tests.unit.collect.answers import target


def test_a_token_file_is_stripped_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("first\n")
    token = TokenFile(path)
    assert token.text() == "first"
    path.write_text(" third ")
    assert token.text() == "third"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "holds no token"),
        (b" \n\t", "holds no token"),
        (b"two words", "cannot be a token"),
        (b"x\r\ny", "cannot be a token"),
        ("t\u00f6ken".encode(), "cannot be a token"),
        (b"\xff\xfe", "cannot be a token"),
        (b"x" * 5000, "cannot be a token"),
    ],
)
def test_a_file_without_a_token_is_refused(tmp_path: Path, content: bytes, part: str) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=part) as refusal:
        TokenFile(path).text()
    assert str(path) in refusal.value.message
    assert refusal.value.advice
    assert not content.strip() or content.decode(errors="replace") not in str(refusal.value)


def test_a_missing_or_unreadable_file_is_named_with_the_next_step(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(ConfigError, match=str(path)) as refusal:
            TokenFile(path).text()
        assert refusal.value.advice


def test_a_variable_is_looked_up_when_the_token_is_needed() -> None:
    environment: dict[str, str] = {}
    token = TokenVariable("DC1_TOKEN", environment)
    with pytest.raises(ConfigError, match="DC1_TOKEN"):
        token.text()
    environment["DC1_TOKEN"] = " a-token "
    assert token.text() == "a-token"


def test_no_repr_shows_a_secret() -> None:
    environment = {"DC1_TOKEN": "hunter2"}
    shown = repr(target(token=TokenVariable("DC1_TOKEN", environment), basic_auth=BasicAuth("me", "hunter2")))
    assert "hunter2" not in shown
    assert "DC1_TOKEN" in shown


def test_basic_auth_header() -> None:
    assert BasicAuth("Aladdin", "open sesame").header() == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
