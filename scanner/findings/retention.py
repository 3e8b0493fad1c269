"""What of the store is dropped for its age, and how much of it at a time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Delete, Table, and_, delete, select

from scanner.findings.tables import FINDINGS, OUTBOX, SNAPSHOTS, TRANSITIONS
from scanner.model.finding import OPENINGS

AT_ONCE = 500
"""Rows of a table in one go: a scan must not wait for years of history, and the next one goes on."""


def prunings(before: datetime) -> Sequence[Delete]:
    """Return the statements that drop what ended before a time; to be run in order.

    Findings that were resolved before then, with their history; of the others what was told before their last
    opening; messages that nobody fetched; and snapshots that no opening names any more.
    """
    return (
        _some(FINDINGS, _resolved(before)),
        _some(TRANSITIONS, _of_earlier_openings(before)),
        _some(OUTBOX, OUTBOX.c.created < before),
        _some(SNAPSHOTS, _named_by_no_opening(before)),
    )


def _some(table: Table, condition: ColumnElement[bool]) -> Delete:
    (key,) = table.primary_key.columns
    return delete(table).where(key.in_(select(key).where(condition).limit(AT_ONCE)))


def _resolved(before: datetime) -> ColumnElement[bool]:
    settled = and_(FINDINGS.c.state == "resolved", FINDINGS.c.failing_since.is_(None))
    return and_(FINDINGS.c.resolved_at < before, settled)


def _of_earlier_openings(before: datetime) -> ColumnElement[bool]:
    later = select(FINDINGS.c.fingerprint).where(
        FINDINGS.c.fingerprint == TRANSITIONS.c.fingerprint, FINDINGS.c.opened_at > TRANSITIONS.c.at
    )
    return and_(TRANSITIONS.c.at < before, later.exists())


def _named_by_no_opening(before: datetime) -> ColumnElement[bool]:
    named = select(TRANSITIONS.c.id).where(
        TRANSITIONS.c.snapshot == SNAPSHOTS.c.sha256, TRANSITIONS.c.event.in_(OPENINGS)
    )
    return and_(SNAPSHOTS.c.at < before, ~named.exists())
