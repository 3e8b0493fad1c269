"""Reads a store beside the daemon that writes it."""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, or_, select, true
from sqlalchemy.exc import DBAPIError

from scanner.errors import StoreError
from scanner.findings.migrations import NEWEST, checked_version
from scanner.findings.rows import finding_of, read_rows, transition_of
from scanner.findings.sqlite import reading, store_error
from scanner.findings.tables import FINDINGS, SNAPSHOTS, TRANSITIONS
from scanner.model.finding import OPEN, Finding, Transition


@dataclass(frozen=True)
class Wanted:
    """Which findings are asked for: each condition that is given has to hold.

    They failed or were told of since a time; are of a rule, by its id or name; of a cluster, which may be either one of
    a pair; are open.
    """

    since: datetime | None = None
    rule: str | None = None
    cluster: str | None = None
    only_open: bool = False


class History:
    """What a store holds at one moment."""

    def __init__(self, connection: Connection, place: str) -> None:
        """Take a connection that reads; `place` names the store in an error."""
        self._connection = connection
        self._place = place

    def findings(self, wanted: Wanted) -> list[Finding]:
        """Return the findings that are wanted, the one that failed last first."""
        asked = select(FINDINGS).where(*_conditions(wanted))
        ordered = asked.order_by(FINDINGS.c.last_failed_at.desc(), FINDINGS.c.rule, FINDINGS.c.fingerprint)
        return read_rows(self._connection, ordered, finding_of, self._place)

    def called(self, prefix: str) -> list[Finding]:
        """Return the findings whose fingerprint begins so."""
        asked = select(FINDINGS).where(FINDINGS.c.fingerprint.startswith(prefix, autoescape=True))
        return read_rows(self._connection, asked, finding_of, self._place)

    def transitions(self, fingerprint: str) -> list[Transition]:
        """Return what was told of a finding, the oldest first."""
        asked = select(TRANSITIONS).where(TRANSITIONS.c.fingerprint == fingerprint).order_by(TRANSITIONS.c.id)
        return read_rows(self._connection, asked, transition_of, self._place)

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


@contextmanager
def opened_history(path: Path) -> Iterator[History]:
    """Yield what a store holds; nothing of it is changed.

    Raises:
        StoreError: there is no such file, it cannot be read, or it is no store of this version.
    """
    place = f"Store {path}"
    if not path.is_file():
        raise StoreError(
            f"{place} is not there", "Name the file that `consul-scan serve` writes: store.path, or --store."
        )
    engine = reading(path)
    try:
        with engine.begin() as connection:
            _check(connection, place)
            yield History(connection, place)
    except DBAPIError as fault:
        raise store_error(place, fault) from fault
    finally:
        engine.dispose()


def _check(connection: Connection, place: str) -> None:
    found = checked_version(connection, place)
    if found < NEWEST:
        raise StoreError(
            f"{place} is of version {found}; this consul-scan reads version {NEWEST}",
            "Start `consul-scan serve` with it once, which brings it there.",
        )


def _conditions(wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    return (
        true() if wanted.since is None else _touched_since(wanted.since),
        true() if wanted.rule is None else _is_of(wanted.rule),
        true() if wanted.cluster is None else _concerns(wanted.cluster),
        FINDINGS.c.state.in_(OPEN) if wanted.only_open else true(),
    )


def _touched_since(since: datetime) -> ColumnElement[bool]:
    told = select(TRANSITIONS.c.id).where(
        TRANSITIONS.c.fingerprint == FINDINGS.c.fingerprint, TRANSITIONS.c.at >= since
    )
    return or_(FINDINGS.c.last_failed_at >= since, told.exists())


def _is_of(rule: str) -> ColumnElement[bool]:
    return or_(FINDINGS.c.rule == rule.upper(), FINDINGS.c.name == rule.lower())


def _concerns(cluster: str) -> ColumnElement[bool]:
    return or_(FINDINGS.c.cluster == cluster, FINDINGS.c.subject["peer"].as_string() == cluster)
