"""The way to a cluster is opened anew when its TLS files change, and only then."""

import errno
import itertools
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.collect.target import ClusterTarget, Tls
from scanner.collect.transport import Transport
from scanner.collect.watching.connection import Connection, stamp_of
from scanner.errors import ConfigError
from tests.unit.collect.answers import Memory, target


class Opening:
    """Counts what is opened and closed; refuses where it was told to."""

    def __init__(self) -> None:
        self.opened: list[Memory] = []
        self.closed = 0
        self.refuses = False
        self.error: Exception = ConfigError("the CA file cannot be used")

    def __call__(self, _target: ClusterTarget) -> Transport:
        if self.refuses:
            raise self.error
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


def test_what_was_replaced_and_is_still_in_use_is_closed_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "pem"
    path.write_text("old")
    opening = Opening()
    connection = Connection(target(tls=Tls(ca_file=path)), opening)
    watching = connection.client()
    rotated(path)
    connection.client()
    connection.close()
    assert opening.closed == 2
    del watching


def test_files_that_cannot_be_used_are_tried_again_at_the_next_use(tmp_path: Path) -> None:
    opening, path = Opening(), tmp_path / "gone.pem"
    opening.refuses = True
    connection = Connection(target(tls=Tls(ca_file=path)), opening)
    with pytest.raises(ConfigError):
        connection.client()
    opening.refuses = False
    connection.client()
    assert len(opening.opened) == 1


def test_what_the_system_refuses_while_it_is_opened_is_the_fault_of_that_cluster() -> None:
    opening = Opening()
    opening.refuses, opening.error = True, OSError(errno.EMFILE, "Too many open files")
    with pytest.raises(ConfigError, match="the way to dc1 cannot be opened: Too many open files"):
        Connection(target(), opening).client()


def test_files_out_of_reach_have_no_stamp_and_are_looked_for_again(tmp_path: Path) -> None:
    """A part of their path is no folder for a moment: ENOTDIR, as a mount that is exchanged answers."""
    folder = tmp_path / "tls"
    tls = Tls(ca_file=folder / "ca.pem", ca_path=folder / "more", cert_file=folder / "cert.pem")
    folder.write_text("no folder")
    assert stamp_of(tls) == ()
    folder.unlink()
    folder.mkdir()
    (folder / "ca.pem").write_text("ca")
    assert len(stamp_of(tls)) == 1


def test_a_folder_that_is_exchanged_while_it_is_walked_is_no_fault(tmp_path: Path) -> None:
    """As kubelet does it: another folder is written, a link turned to it, and the old one removed."""

    over = threading.Event()

    def turn() -> None:
        for number in itertools.takewhile(lambda _: not over.is_set(), itertools.count(1)):
            new = tmp_path / f"..{number}"
            new.mkdir()
            (new / "ca.pem").write_text(str(number))
            (tmp_path / "..new").symlink_to(new.name)
            (tmp_path / "..new").rename(tmp_path / "..data")
            shutil.rmtree(tmp_path / f"..{number - 1}", ignore_errors=True)

    kubelet = threading.Thread(target=turn)
    kubelet.start()
    try:
        stamps = {stamp_of(Tls(ca_path=tmp_path)) for _ in range(2000)}
    finally:
        over.set()
        kubelet.join()
    assert len(stamps) > 1
