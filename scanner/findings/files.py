"""Which file stands at the path of the store, and which log beside it."""

import os
from dataclasses import dataclass
from pathlib import Path

_Identity = tuple[int, int]


@dataclass(frozen=True)
class Files:
    """A store's file and its write-ahead log (`-wal`), by device and inode.

    None is a file that is not there, and a log that is not there or has nothing in it.
    """

    file: _Identity | None = None
    log: _Identity | None = None


def files_at(path: Path | None) -> Files:
    """Return what stands at a path; nothing where there is none, as for a store in memory.

    Raises:
        OSError: it cannot be looked at.
    """
    if path is None:
        return Files()
    # SQLite names the log after the file that a link leads to.
    file = Path(os.path.realpath(path))
    found, log = _stat(file), _stat(file.with_name(f"{file.name}-wal"))
    return Files(found and _identity(found), _identity(log) if log and log.st_size else None)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _identity(found: os.stat_result) -> _Identity:
    return found.st_dev, found.st_ino
