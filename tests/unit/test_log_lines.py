"""A line of the log is written whole or lost; what writes it goes on."""

import io
import os
import sys
from pathlib import Path

import pytest
import structlog

from scanner.log_lines import LogLines, configure_log


def test_writes_a_line_at_once(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as stream:
        LogLines(stream).info("scan finished")
        assert (tmp_path / "log").read_text() == "scan finished\n"


def test_what_no_encoding_can_say_is_escaped(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w", encoding="ascii") as stream:
        LogLines(stream).error("ä \udcff")
    assert (tmp_path / "log").read_bytes() == "ä \\udcff\n".encode()


def test_a_full_disk_costs_the_line_and_leaves_nothing_behind() -> None:
    with Path("/dev/full").open("w") as stream:
        LogLines(stream).error("lost")
        stream.flush()
        assert stream.tell() == 0


def test_a_reader_that_died_costs_the_line() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        LogLines(stream).warning("lost")
        with pytest.raises(BrokenPipeError):
            os.write(writing, b"it is really dead")


@pytest.mark.parametrize("stream", [None, io.StringIO()], ids=["none", "no file"])
def test_what_is_no_file_takes_nothing(stream: io.StringIO | None) -> None:
    LogLines(stream).info("lost")
    assert stream is None or stream.getvalue() == ""


def test_structlog_prints_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = structlog.get_config()
    try:
        configure_log()
        with (tmp_path / "log").open("w") as stream:
            monkeypatch.setattr(sys, "stdout", stream)
            log = structlog.get_logger()
            for level in ("debug", "info", "warning", "error", "critical"):
                getattr(log, level)(f"at {level}")
    finally:
        structlog.configure(**before)
    lines = (tmp_path / "log").read_text().splitlines()
    assert [line.split("at ")[1].split()[0] for line in lines] == ["debug", "info", "warning", "error", "critical"]
