"""What of the store is dropped for its age, and how much of it at a time."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Delete, Table, and_, bindparam, delete, or_, select

from scanner.findings.tables import (
    ENDPOINTS,
    FINDINGS,
    MESSAGE_EVENTS,
    MESSAGES,
    OUTBOX,
    SNAPSHOTS,
    TRANSITIONS,
    Instant,
)
from scanner.model.finding import ENDED, MARKINGS, OPENINGS

AT_ONCE = 500
"""Rows of a table in one go: a scan must not wait for years of history, and the next one goes on."""


_BEFORE = bindparam("before", type_=Instant)


def prunings() -> Sequence[Delete]:
    """Return the statements that drop what ended before the parameter `before`, `at_once` rows each; run in order.

    Findings that ended before then, with their history; of the others what was told before their last opening, and
    that they were muted or unmuted; messages that nobody will get; events that wait in no message; and snapshots that
    no opening names any more.
    """
    return (
        _some(FINDINGS, _ended()),
        _some(TRANSITIONS, _told_long_ago()),
        _some(MESSAGES, _given_up()),
        _some(OUTBOX, _in_no_message()),
        _some(SNAPSHOTS, _named_by_no_opening()),
    )


def _some(table: Table, condition: ColumnElement[bool]) -> Delete:
    (key,) = table.primary_key.columns
    return delete(table).where(key.in_(select(key).where(condition).limit(bindparam("at_once"))))


def _ended() -> ColumnElement[bool]:
    settled = and_(FINDINGS.c.state.in_(ENDED), FINDINGS.c.failing_since.is_(None))
    return and_(FINDINGS.c.resolved_at < _BEFORE, settled)


def _told_long_ago() -> ColumnElement[bool]:
    later = select(FINDINGS.c.fingerprint).where(
        FINDINGS.c.fingerprint == TRANSITIONS.c.fingerprint, FINDINGS.c.opened_at > TRANSITIONS.c.at
    )
    return and_(TRANSITIONS.c.at < _BEFORE, or_(TRANSITIONS.c.event.in_(MARKINGS), later.exists()))


def _named_by_no_opening() -> ColumnElement[bool]:
    named = select(TRANSITIONS.c.id).where(
        TRANSITIONS.c.snapshot == SNAPSHOTS.c.sha256, TRANSITIONS.c.event.in_(OPENINGS)
    )
    return and_(SNAPSHOTS.c.at < _BEFORE, ~named.exists())


def _given_up() -> ColumnElement[bool]:
    disabled = select(ENDPOINTS.c.name).where(ENDPOINTS.c.disabled_at.is_not(None))
    return and_(MESSAGES.c.created < _BEFORE, or_(MESSAGES.c.state == "dead", MESSAGES.c.endpoint.in_(disabled)))


def _in_no_message() -> ColumnElement[bool]:
    waits = select(MESSAGE_EVENTS.c.event).where(MESSAGE_EVENTS.c.event == OUTBOX.c.id)
    return and_(OUTBOX.c.created < _BEFORE, ~waits.exists())
