"""Where a report goes: a file that is whole or not there, or standard output."""

import errno
import os
import secrets
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from scanner.errors import OutputError

_File = tuple[bytes, str]
"""Content and path."""

STANDARD_OUTPUT = "-"
NEW_FILE_MODE = 0o644

_ADVICE = {
    errno.ENOENT: "Make its folder first, or name another file with --output",
    errno.EACCES: "Name a file with --output that this user may write",
    errno.EEXIST: "Remove it first, or name another file with --output",
    errno.EISDIR: "Name a file, not a folder, with --output",
    errno.ENOSPC: "Free space there, or name a file elsewhere with --output",
    errno.EPIPE: "The reading end closed early: let it read to the end, or name a file with --output",
}
_OTHERWISE = "Name another file with --output"


def write(report: str, path: str) -> None:
    """Write a report to `path`, or to standard output for `-`.

    A file is replaced whole, keeping its mode; a new one gets 0644 less the umask. What is no plain file (a pipe, a
    device) is written to as it is. Raises OutputError; a file that stood there before then still does.
    """
    write_all([(report, path)])


def write_all(reports: Sequence[tuple[str, str]]) -> None:
    """Write several reports, each a text and a path, as `write` does one.

    No file is replaced before all of them are written beside their places. Raises OutputError; where a file cannot be
    written, none is replaced, and nothing is printed.
    """
    files = [(report.encode(), path) for report, path in reports if path != STANDARD_OUTPUT]
    _write_files(files, "report")
    for report, path in reports:
        if path == STANDARD_OUTPUT:
            with _told("report", "standard output"):
                _write_standard_output(report)


def write_bytes(content: bytes, path: str, what: str = "bundle") -> None:
    """Write a file as `write` does; `what` names the content in an error. Raises OutputError."""
    _write_files([(content, path)], what)


def target_of(path: str) -> Path:
    """Return the file that a path leads to, through all links; links in a circle lead nowhere and are replaced."""
    # Path.resolve raises RuntimeError for a circle, in some versions of Python.
    return Path(os.path.realpath(path))


def _write_files(files: Sequence[_File], what: str) -> None:
    streams = [file for file in files if _is_stream(file[1])]
    _replace_all([file for file in files if file not in streams], what)
    for content, path in streams:
        with _told(what, path):
            Path(path).write_bytes(content)


def _replace_all(files: Sequence[_File], what: str) -> None:
    with ExitStack() as stack:
        parts = []
        for content, path in files:
            with _told(what, path):
                parts.append(stack.enter_context(_part(target_of(path), content)))
        for part, (_, path) in zip(parts, files, strict=True):
            with _told(what, path):
                part.replace(target_of(path))


def _is_stream(path: str) -> bool:
    """Tell whether a path is a pipe or a device, which are written to and not replaced."""
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


@contextmanager
def _told(what: str, place: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _refusal(what, place, error) from error


def write_new(text: str, path: str) -> None:
    """Write a file that is not there yet, whole. Raises OutputError, also where something of that name is there."""
    target = Path(path)
    part = _part_beside(target)
    try:
        _write_through(part, text.encode(), None)
        # A link, unlike a rename, never takes the place of a file that came in the meantime.
        target.hardlink_to(part)
    except OSError as error:
        raise _refusal("file", path, error) from error
    finally:
        part.unlink(missing_ok=True)


def _refusal(what: str, place: str, error: OSError) -> OutputError:
    cause = error.strerror or str(error)
    advice = _ADVICE.get(error.errno or 0, _OTHERWISE)
    return OutputError(f"The {what} cannot be written to {place}: {cause}", advice)


def _write_standard_output(report: str) -> None:
    try:
        sys.stdout.buffer.write(report.encode(sys.stdout.encoding, "backslashreplace"))
        sys.stdout.flush()
    except OSError:
        _silence_standard_output()
        raise


def _silence_standard_output() -> None:
    """Give the unwritten rest away: Python would try it again at exit, and turn the exit code into 120."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


@contextmanager
def _part(target: Path, content: bytes) -> Iterator[Path]:
    """Yield a file beside `target` that holds the content; it is gone afterwards, or has become the target."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    part = _part_beside(target)
    try:
        _write_through(part, content, _mode(target))
        yield part
    finally:
        part.unlink(missing_ok=True)


def _part_beside(target: Path) -> Path:
    return target.with_name(f".consul-scan-{secrets.token_hex(8)}.part")


def _write_through(part: Path, content: bytes, mode: int | None) -> None:
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, NEW_FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        if mode is not None:
            os.fchmod(descriptor, mode)
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _mode(target: Path) -> int | None:
    return stat.S_IMODE(target.stat().st_mode) if target.exists() else None
