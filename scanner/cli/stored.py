"""Documents that were stored, read from a file or from standard input."""

import json
import sys
from pathlib import Path

from scanner.errors import DocumentError

STANDARD_INPUT = Path("-")


def loaded(path: Path, what: str, advice: str) -> object:
    """Return what a file of JSON holds; `-` is standard input.

    Args:
        path: the file.
        what: names its content in an error, such as "Snapshot".
        advice: how to make one, told where it is not JSON.

    Raises:
        DocumentError: it cannot be read, or is not JSON.
    """
    place = f"{what} {path}" if path != STANDARD_INPUT else source(path)
    try:
        found: object = json.loads(_content(path), parse_constant=_refused)
    except OSError as fault:
        raise DocumentError(f"{place} cannot be read: {fault.strerror}", "Name a readable file.") from fault
    except ValueError as fault:
        raise DocumentError(f"{place} is not JSON: {fault}", advice) from fault
    except RecursionError as fault:
        raise DocumentError(f"{place} is nested too deeply", advice) from fault
    return found


def source(path: Path) -> str:
    """Return where a document came from, as errors name it."""
    return "Standard input" if path == STANDARD_INPUT else str(path)


def _content(path: Path) -> bytes:
    return sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()


def _refused(constant: str) -> float:
    # Python would take NaN and Infinity, and write them again.
    message = f"{constant} is no number of JSON"
    raise ValueError(message)
