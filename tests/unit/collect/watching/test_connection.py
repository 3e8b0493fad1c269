"""The way to a cluster is opened anew when its TLS files change, and only then."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.collect.target import ClusterTarget, Tls
from scanner.collect.transport import Transport
from scanner.collect.watching.connection import Connection
from scanner.errors import ConfigError
from tests.unit.collect.answers import Memory, target


class Opening:
    """Counts what is opened and closed; refuses where it was told to."""

    def __init__(self) -> None:
        self.opened: list[Memory] = []
        self.closed = 0
        self.refuses = False

    def __call__(self, _target: ClusterTarget) -> Transport:
        if self.refuses:
            raise ConfigError("the CA file cannot be used")
        opening, memory = self, Memory({})

        class Closing(Memory):
            def close(self) -> None:
                opening.closed += 1

        self.opened.append(memory)
        return Closing({})


def test_without_files_it_is_opened_once() -> None:
    opening = Opening()
    connection = Connection(target(), opening)
    assert len(opening.opened) == 0
    connection.client()
    connection.client()
    assert len(opening.opened) == 1
    connection.close()
    assert opening.closed == 1


def test_what_was_never_opened_is_closed_in_peace() -> None:
    opening = Opening()
    Connection(target(), opening).close()
    assert opening.closed == 0


def rotated(path: Path) -> None:
    """Put another file in its place, as tools that rotate do."""
    (path.parent / "new").write_text("new")
    os.replace(path.parent / "new", path)  # noqa: PTH105 - what such tools do


@pytest.mark.parametrize(
    "tls",
    [
        lambda path: Tls(ca_file=path),
        lambda path: Tls(ca_path=path.parent),
        lambda path: Tls(cert_file=path),
        lambda path: Tls(key_file=path),
    ],
    ids=["ca_file", "ca_path", "cert_file", "key_file"],
)
def test_each_file_that_is_rotated_opens_it_anew(tmp_path: Path, tls: Callable[[Path], Tls]) -> None:
    path = tmp_path / "pem"
    path.write_text("old")
    opening = Opening()
    connection = Connection(target(tls=tls(path)), opening)
    connection.client()
    connection.client()
    assert len(opening.opened) == 1
    rotated(path)
    connection.client()
    assert len(opening.opened) == 2


def test_files_that_cannot_be_used_are_tried_again_at_the_next_use(tmp_path: Path) -> None:
    opening, path = Opening(), tmp_path / "gone.pem"
    opening.refuses = True
    connection = Connection(target(tls=Tls(ca_file=path)), opening)
    with pytest.raises(ConfigError):
        connection.client()
    opening.refuses = False
    connection.client()
    assert len(opening.opened) == 1
