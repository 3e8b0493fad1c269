"""Reads a store beside the daemon that writes it."""

import gzip
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, select, true, tuple_
from sqlalchemy.exc import DBAPIError

from scanner.errors import StoreError
from scanner.findings.conditions import conditions
from scanner.findings.messages import message_of, of_endpoint, queue_of
from scanner.findings.migrations import NEWEST, checked_version
from scanner.findings.rows import finding_of, read_rows, transition_of
from scanner.findings.sqlite import reading, store_error
from scanner.findings.tables import FINDINGS, SNAPSHOTS, TRANSITIONS
from scanner.model.finding import Finding, Transition
from scanner.model.outbox import Message, Queue
from scanner.model.recall import Told, Wanted


class History:
    """What a store holds at one moment."""

    def __init__(self, connection: Connection, place: str) -> None:
        """Take a connection that reads; `place` names the store in an error."""
        self._connection = connection
        self._place = place

    def findings(self, wanted: Wanted) -> list[Finding]:
        """Return the findings that are wanted, the one that failed last first."""
        asked = select(FINDINGS).where(*conditions(wanted))
        ordered = asked.order_by(FINDINGS.c.last_failed_at.desc(), FINDINGS.c.rule, FINDINGS.c.fingerprint)
        return read_rows(self._connection, ordered, finding_of, self._place)

    def page(self, wanted: Wanted, after: tuple[str, ...] | None, most: int) -> list[Finding]:
        """Return so many of the findings that are wanted, by rule and fingerprint, those after such a pair."""
        place = (FINDINGS.c.rule, FINDINGS.c.fingerprint)
        further = true() if after is None else tuple_(*place) > after
        asked = select(FINDINGS).where(*conditions(wanted), further).order_by(*place).limit(most)
        return read_rows(self._connection, asked, finding_of, self._place)

    def told(self, wanted: Wanted, events: Sequence[str], before: int | None, most: int) -> list[Told]:
        """Return so many lines of what was told of such findings, the newest first, those before a number."""
        number = TRANSITIONS.c.id
        asked = (
            select(TRANSITIONS)
            .join(FINDINGS)
            .where(*conditions(wanted))
            .where(TRANSITIONS.c.event.in_(events) if events else true())
            .where(true() if before is None else number < before)
            .order_by(number.desc())
            .limit(most)
        )
        found = read_rows(self._connection, asked, lambda row: (row["id"], transition_of(row)), self._place)
        about = self._named({transition.fingerprint for _, transition in found})
        return [Told(number, transition, about[transition.fingerprint]) for number, transition in found]

    def called(self, prefix: str) -> list[Finding]:
        """Return the findings whose fingerprint begins so."""
        asked = select(FINDINGS).where(FINDINGS.c.fingerprint.startswith(prefix, autoescape=True))
        return read_rows(self._connection, asked, finding_of, self._place)

    def transitions(self, fingerprint: str) -> list[Transition]:
        """Return what was told of a finding, the oldest first."""
        asked = select(TRANSITIONS).where(TRANSITIONS.c.fingerprint == fingerprint).order_by(TRANSITIONS.c.id)
        return read_rows(self._connection, asked, transition_of, self._place)

    def queue(self, endpoint: str) -> Queue:
        """Return what an endpoint of webhooks has not got."""
        return queue_of(self._connection, endpoint)

    def dead(self, endpoint: str) -> list[Message]:
        """Return an endpoint's dead letters, the oldest first; of very many the first ones."""
        return read_rows(self._connection, of_endpoint(endpoint, "dead"), message_of, self._place)

    def snapshot(self, sha256: str) -> bytes | None:
        """Return the snapshot of an opening, as canonical JSON; None where it is not kept.

        Raises:
            StoreError: it is damaged.
        """
        content = self._connection.scalar(select(SNAPSHOTS.c.content).where(SNAPSHOTS.c.sha256 == sha256))
        try:
            return None if content is None else gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as fault:
            raise StoreError(f"{self._place} has a damaged snapshot {sha256}: {fault}", "Read a backup.") from fault

    def _named(self, fingerprints: Collection[str]) -> dict[str, Finding]:
        asked = select(FINDINGS).where(FINDINGS.c.fingerprint.in_(fingerprints))
        found = read_rows(self._connection, asked, finding_of, self._place)
        return {finding.fingerprint: finding for finding in found}


@contextmanager
def opened_history(path: Path) -> Iterator[History]:
    """Yield what a store holds; nothing of it is changed.

    Raises:
        StoreError: there is no such file, it cannot be read, or it is no store of this version.
    """
    place = f"Store {path}"
    check_there(path)
    engine = reading(path)
    try:
        with engine.begin() as connection:
            check_newest(connection, place)
            yield History(connection, place)
    except DBAPIError as fault:
        raise store_error(place, fault) from fault
    finally:
        engine.dispose()


def check_there(path: Path) -> None:
    """Refuse a store that does not exist, which SQLite would make.

    Raises:
        StoreError: there is no such file, or this user may not look.
    """
    try:
        is_there = path.is_file()
    except OSError as fault:
        raise StoreError(
            f"Store {path} cannot be reached: {fault.strerror}", "Ask as a user who may enter its folder."
        ) from fault
    if not is_there:
        raise StoreError(
            f"Store {path} is not there", "Name the file that `consul-scan serve` writes: store.path, or --store."
        )


def check_newest(connection: Connection, place: str) -> None:
    """Refuse a store that the daemon has not yet brought to this version.

    Raises:
        StoreError: it is older, newer, or no store.
    """
    found = checked_version(connection, place)
    if found < NEWEST:
        raise StoreError(
            f"{place} is of version {found}; this consul-scan reads version {NEWEST}",
            "Start `consul-scan serve` with it once, which brings it there.",
        )
