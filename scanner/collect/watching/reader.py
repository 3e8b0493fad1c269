"""What is known of one cluster, and how it is renewed: whole, or some sections beside what is known of the others."""

from collections.abc import Callable

import structlog

from scanner.collect.cluster import ONE_SAMPLE, read_again, read_whole
from scanner.collect.known import Known, document, unread
from scanner.collect.section import Reading
from scanner.collect.target import ClusterTarget
from scanner.collect.watching.agenda import WHOLE
from scanner.collect.watching.connection import Connection
from scanner.collect.watching.signs import Signs, signs_after, with_silence
from scanner.errors import ConfigError
from scanner.model.document import Json

NOT_YET = "it has not been read yet"
BEING_READ = "it is being read"
BROKE_OFF = "reading it broke off, which is a bug"
_FINE = ("ok", "off")

log = structlog.get_logger(__name__)


class ClusterReader:
    """Keeps one cluster. One thread at a time reads (see `busy`); another may look at the `document` meanwhile."""

    def __init__(
        self, target: ClusterTarget, connection: Connection, unix: Callable[[], float], steady: Callable[[], float]
    ) -> None:
        """Know nothing yet. `unix` tells the time, `steady` seconds of a clock that never goes back."""
        self.target = target
        self.busy = False
        self.last_success_unix: float | None = None
        self.full_readings = 0
        self._connection, self._unix, self._steady = connection, unix, steady
        self._known = _nothing(NOT_YET)
        self._signs: Signs = {}
        self.document: Json = document(target, self._known)

    @property
    def being_read(self) -> Json:
        """The document of a cluster of which nothing is known, as it is being read."""
        return document(self.target, _nothing(BEING_READ))

    def read(self, sections: frozenset[str]) -> None:
        """Read these sections anew; everything if they are `WHOLE`, or if the cluster could not be read last time.

        What cannot be read is `error` from now on, whatever was known before: unknown is never pass. That holds for a
        bug too, which nobody may be waiting to hear of.
        """
        known, began = _nothing(BROKE_OFF), self._steady()
        try:
            known = self._read(sections)
        except ConfigError as error:
            known = _nothing(str(error))
        finally:
            self._keep(known, began)
            self.full_readings += sections == WHOLE

    def _read(self, sections: frozenset[str]) -> Known:
        client = self._connection.client()
        if sections == WHOLE:
            return read_whole(self.target, client, _unheard, ONE_SAMPLE)
        return read_again(self.target, client, self._known, sections, _unheard)

    def _keep(self, known: Known, began: float) -> None:
        before, found, ended = self.document, document(self.target, known), self._steady()
        self._signs = signs_after(self._signs, found["peerings"], began, ended)
        self._known, self.document = known, with_silence(found, self._signs, ended)
        if known.access is not None:
            self.last_success_unix = self._unix()
        self._tell(before)

    def _tell(self, before: Json) -> None:
        """Log which sections are read otherwise than before: once for each change, not for each try."""
        was, now = before["collection"], self.document["collection"]
        changed = {name: read["status"] for name, read in now.items() if read["status"] != was[name]["status"]}
        if changed:
            detail = next((now[name]["detail"] for name in changed if changed[name] not in _FINE), "")
            log.info("cluster is read otherwise", cluster=self.target.name, sections=changed, detail=detail)


def _nothing(reason: str) -> Known:
    return unread(Reading(None, "error", reason))


def _unheard(section: str) -> None:
    """Take no note."""
    del section
