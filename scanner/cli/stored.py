"""Documents that commands read again: snapshots and results, from files."""

import json
from pathlib import Path

from scanner.errors import DocumentError
from scanner.model.document import Json
from scanner.pipeline import checked_results, checked_snapshot

_EXPORT = "Make one with `consul-scan export`."
_AUDIT = "Make them with `consul-scan audit --format json`."


def stored_snapshot(path: Path) -> Json:
    """Return the snapshot that a file holds.

    Raises:
        DocumentError: it cannot be read, or holds none.
    """
    return checked_snapshot(_loaded(path, "Snapshot", _EXPORT), str(path))


def stored_results(path: Path) -> Json:
    """Return the results document that a file holds.

    Raises:
        DocumentError: it cannot be read, or holds none.
    """
    return checked_results(_loaded(path, "Results", _AUDIT), str(path))


def _loaded(path: Path, what: str, advice: str) -> object:
    try:
        loaded: object = json.loads(path.read_bytes())
    except OSError as fault:
        raise DocumentError(f"{what} {path} cannot be read: {fault.strerror}", "Name a readable file.") from fault
    except RecursionError:
        raise DocumentError(f"{what} {path} is nested too deeply", advice) from None
    except ValueError as fault:
        raise DocumentError(f"{what} {path} is not JSON: {fault}", advice) from fault
    return loaded
