"""A report is written whole or not at all, and what went wrong is said."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.errors import OutputError
from scanner.publish.output import write, write_all

WRITE_TO_STANDARD_OUTPUT = """
from scanner.errors import OutputError
from scanner.publish.output import write
try:
    write("report\\n", "-")
except OutputError as error:
    raise SystemExit(error.exit_code)
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_writes_a_new_file_that_others_may_read_as_the_umask_has_it(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write("report ä\n", str(tmp_path / "report"))
    finally:
        os.umask(before)
    assert (tmp_path / "report").read_text(encoding="utf-8") == "report ä\n"
    assert mode(tmp_path / "report") == 0o640


def test_replaces_a_file_and_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "report"
    target.write_text("a much longer report of yesterday")
    target.chmod(0o604)
    write("new\n", str(target))
    assert target.read_text() == "new\n"
    assert mode(target) == 0o604


def test_replaces_what_a_link_points_to_and_keeps_the_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write("new\n", str(tmp_path / "link"))
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new\n"


def test_replaces_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to("circle")
    write("new\n", str(tmp_path / "circle"))
    assert (tmp_path / "circle").read_text() == "new\n"


def test_leaves_nothing_else_in_the_folder(tmp_path: Path) -> None:
    write("report\n", str(tmp_path / ("x" * 255)))
    assert [entry.name for entry in tmp_path.iterdir()] == ["x" * 255]


def test_a_failure_half_way_leaves_the_old_report_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report"
    target.write_text("old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write("new\n", str(target))
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("name", "cause", "advice"),
    [
        ("absent/report", "No such file or directory", "Make its folder first"),
        (".", "Is a directory", "Name a file, not a folder"),
        ("file/report", "Not a directory", "Name another file"),
        ("x" * 300, "File name too long", "Name another file"),
    ],
)
def test_names_the_path_the_cause_and_the_next_step(tmp_path: Path, name: str, cause: str, advice: str) -> None:
    (tmp_path / "file").touch()
    path = str(tmp_path / name)
    with pytest.raises(OutputError) as raised:
        write("report\n", path)
    assert path in raised.value.message
    assert cause in raised.value.message
    assert advice in raised.value.advice


def test_writes_into_a_pipe_without_replacing_it(tmp_path: Path) -> None:
    # A pipe of our own and not /dev/null: run as root, a wrong answer would replace the machine's.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write("report\n", str(pipe))
    assert os.read(reading, 100) == b"report\n"
    os.close(reading)
    assert pipe.is_fifo()


def test_a_dash_is_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write("report ä\n", "-")
    assert capfdbinary.readouterr().out == "report ä\n".encode()


def test_says_when_standard_output_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(OutputError, match="standard output: No space left on device"):
            write("report\n", "-")


@pytest.mark.parametrize(("device", "exit_code"), [("/dev/full", 2), ("/dev/null", 0)])
def test_a_full_standard_output_is_the_error_that_it_should_be(device: str, exit_code: int) -> None:
    with Path(device).open("wb") as out:
        ran = subprocess.run(
            [sys.executable, "-c", WRITE_TO_STANDARD_OUTPUT], stdout=out, stderr=subprocess.PIPE, check=False
        )
    assert (ran.returncode, ran.stderr) == (exit_code, b"")


def test_a_reader_that_went_away_is_an_error_without_a_trace() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-c", WRITE_TO_STANDARD_OUTPUT], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (2, b"")


def test_what_the_terminal_cannot_spell_is_escaped() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    program = "from scanner.publish.output import write; write('cut…\\n', '-')"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment, check=True)
    assert ran.stdout == b"cut\\u2026\n"


def test_several_reports_are_written_each_to_its_place(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    write_all([("a\n", str(tmp_path / "a")), ("printed\n", "-"), ("b\n", str(tmp_path / "b"))])
    assert capfdbinary.readouterr().out == b"printed\n"
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "a\n", "b": "b\n"}


@pytest.mark.parametrize("bad", ["absent/b", ".", "x" * 300])
def test_where_one_cannot_be_written_none_is(
    tmp_path: Path, bad: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(OutputError) as raised:
        write_all([("new\n", str(tmp_path / "a")), ("printed\n", "-"), ("b\n", str(tmp_path / bad))])
    assert str(tmp_path / bad) in raised.value.message
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old"}
    assert capfdbinary.readouterr().out == b""
