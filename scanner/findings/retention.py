"""What of the store is dropped for its age, and how much of it at a time."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Delete, Table, and_, bindparam, delete, select

from scanner.findings.tables import FINDINGS, OUTBOX, SNAPSHOTS, TRANSITIONS, Instant
from scanner.model.finding import OPENINGS

AT_ONCE = 500
"""Rows of a table in one go: a scan must not wait for years of history, and the next one goes on."""


_BEFORE = bindparam("before", type_=Instant)


def prunings() -> Sequence[Delete]:
    """Return the statements that drop what ended before the parameter `before`, `at_once` rows each; run in order.

    Findings that were resolved before then, with their history; of the others what was told before their last
    opening; messages that nobody fetched; and snapshots that no opening names any more.
    """
    return (
        _some(FINDINGS, _resolved()),
        _some(TRANSITIONS, _of_earlier_openings()),
        _some(OUTBOX, OUTBOX.c.created < _BEFORE),
        _some(SNAPSHOTS, _named_by_no_opening()),
    )


def _some(table: Table, condition: ColumnElement[bool]) -> Delete:
    (key,) = table.primary_key.columns
    return delete(table).where(key.in_(select(key).where(condition).limit(bindparam("at_once"))))


def _resolved() -> ColumnElement[bool]:
    settled = and_(FINDINGS.c.state == "resolved", FINDINGS.c.failing_since.is_(None))
    return and_(FINDINGS.c.resolved_at < _BEFORE, settled)


def _of_earlier_openings() -> ColumnElement[bool]:
    later = select(FINDINGS.c.fingerprint).where(
        FINDINGS.c.fingerprint == TRANSITIONS.c.fingerprint, FINDINGS.c.opened_at > TRANSITIONS.c.at
    )
    return and_(TRANSITIONS.c.at < _BEFORE, later.exists())


def _named_by_no_opening() -> ColumnElement[bool]:
    named = select(TRANSITIONS.c.id).where(
        TRANSITIONS.c.snapshot == SNAPSHOTS.c.sha256, TRANSITIONS.c.event.in_(OPENINGS)
    )
    return and_(SNAPSHOTS.c.at < _BEFORE, ~named.exists())
