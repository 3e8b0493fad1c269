"""A scan that is remembered: the one place where the daemon's scans meet the store."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog

from scanner.errors import ScanError, StoreError
from scanner.findings.failing_scans import FailingScans, fate_of
from scanner.findings.register import Register, Reread
from scanner.findings.settings import StoreSettings
from scanner.findings.store import SqliteStore
from scanner.findings.trouble import ALL, Fate
from scanner.model.document import Json
from scanner.model.finding import Transition
from scanner.model.scanned import Standing

log = structlog.get_logger(__name__)


@contextmanager
def opened_store(settings: StoreSettings) -> Iterator[SqliteStore]:
    """Yield the store, for the one process that may write it.

    Raises:
        StoreError: the store is in use, damaged, of a newer version, or cannot be written.
    """
    store = SqliteStore(settings.path)
    try:
        yield store
    finally:
        store.close()


class Remembering:
    """Remembers what scans show. Trouble with the store costs no results: it is told once, and the next scan tries."""

    def __init__(self, register: Register, failing: FailingScans, clock: Callable[[], datetime]) -> None:
        """Take where findings are remembered, where scans that fail are, and who knows the time."""
        self._register, self._failing, self._clock = register, failing, clock
        self._trouble = ""

    @property
    def is_well(self) -> bool:
        """Whether the last scan could be remembered."""
        return not self._trouble

    @property
    def standing(self) -> Standing | None:
        """What fails after the last scan as far as is known; None where it could not be remembered."""
        return self._register.standing if self.is_well else None

    def __call__(self, results: Json, snapshot: Json, reread: Reread) -> None:
        """Remember a scan: its results document, the snapshot that was judged, and how to read everything once more."""
        at = self._clock()
        trouble = self._remembered(results, snapshot, reread, at)
        self._update(trouble or self._observed(fate_of(results), at))

    def failed(self, why: str) -> None:
        """Remember a scan that gave no results."""
        self._update(self._observed({ALL: why}, self._clock()))

    def _update(self, trouble: str) -> None:
        before, self._trouble = self._trouble, trouble
        if trouble != before:
            _tell(trouble)

    def _observed(self, fate: Fate, at: datetime) -> str:
        """Remember what could be read; return what was in the way, empty where nothing was."""
        try:
            self._failing.observe(fate, at)
        except StoreError as error:
            return str(error)
        return ""

    def _remembered(self, results: Json, snapshot: Json, reread: Reread, at: datetime) -> str:
        """Remember a scan; return what was in the way, empty where nothing was."""
        try:
            transitions = self._register.observe(results, snapshot, at, reread)
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
