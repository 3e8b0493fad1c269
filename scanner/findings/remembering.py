"""A scan that is remembered: the one place where the daemon's audits meet the store."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import structlog

from scanner.errors import ScanError
from scanner.findings.register import Register
from scanner.findings.settings import StoreSettings
from scanner.findings.store import SqliteStore
from scanner.model.document import Json
from scanner.model.finding import Transition
from scanner.model.rule import Rule

Scan = Callable[[], tuple[Json, Json]]
"""Reads and judges everything; returns the results document and the snapshot that it was made of."""

log = structlog.get_logger(__name__)


@contextmanager
def opened_register(settings: StoreSettings, rules: Sequence[Rule]) -> Iterator[Register]:
    """Yield the findings that a store holds, for the one process that may write it.

    Raises:
        StoreError: the store is in use, damaged, of a newer version, or cannot be written.
    """
    store = SqliteStore(settings.path)
    try:
        yield Register(store, rules, settings.retention)
    finally:
        store.close()


def remembering(scan: Scan, register: Register, clock: Callable[[], datetime]) -> Callable[[], Json]:
    """Return an audit that scans, remembers what it saw, and returns the results document.

    Trouble with the store costs no results: it is told once, and the next audit tries again.
    """
    trouble = ""

    def audit() -> Json:
        nonlocal trouble
        results, snapshot = scan()
        before, trouble = trouble, _remembered(register, results, snapshot, clock(), scan)
        if trouble != before:
            _tell(trouble)
        return results

    return audit


def _remembered(register: Register, results: Json, snapshot: Json, at: datetime, scan: Scan) -> str:
    """Remember a scan; return what was in the way, empty where nothing was."""
    try:
        transitions = register.observe(results, snapshot, at, lambda: scan()[0])
    except ScanError as error:
        return str(error)
    for transition in transitions:
        _tell_of(transition)
    return ""


def _tell(trouble: str) -> None:
    if trouble:
        log.error("findings not updated", error=trouble)
    else:
        log.info("findings updated again")


def _tell_of(transition: Transition) -> None:
    log.info(
        "finding", event_type=transition.event, fingerprint=transition.fingerprint, scan_id=transition.origin.scan_id
    )
