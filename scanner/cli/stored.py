"""Documents that were stored, read from a file or from standard input."""

import json
import sys
from pathlib import Path

from scanner.errors import DocumentError
from scanner.findings.stored import checked_results
from scanner.model.document import Json
from scanner.pipeline import checked_snapshot

STANDARD_INPUT = Path("-")
_EXPORT = "Make one with `consul-scan export`."
_AUDIT = "Make them with `consul-scan audit --format json`."


def stored_snapshot(path: Path) -> Json:
    """Return the snapshot that a file holds; `-` is standard input.

    Raises:
        DocumentError: it cannot be read, or holds none.
    """
    return checked_snapshot(_loaded(path, "Snapshot", _EXPORT), _source(path))


def stored_results(path: Path) -> Json:
    """Return the results document that a file holds; `-` is standard input.

    Raises:
        DocumentError: it cannot be read, or holds none.
    """
    return checked_results(_loaded(path, "Results", _AUDIT), _source(path))


def _loaded(path: Path, what: str, advice: str) -> object:
    place = f"{what} {path}" if path != STANDARD_INPUT else _source(path)
    try:
        found: object = json.loads(_content(path), parse_constant=_refused)
    except OSError as fault:
        raise DocumentError(f"{place} cannot be read: {fault.strerror}", "Name a readable file.") from fault
    except ValueError as fault:
        raise DocumentError(f"{place} is not JSON: {fault}", advice) from fault
    except RecursionError as fault:
        raise DocumentError(f"{place} is nested too deeply", advice) from fault
    return found


def _source(path: Path) -> str:
    return "Standard input" if path == STANDARD_INPUT else str(path)


def _content(path: Path) -> bytes:
    return sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()


def _refused(constant: str) -> float:
    # Python would take NaN and Infinity, and write them again.
    message = f"{constant} is no number of JSON"
    raise ValueError(message)
