"""What is wanted of the findings, as conditions on their table."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, true

from scanner.findings.tables import FINDINGS, TRANSITIONS
from scanner.model.recall import Wanted


def conditions(wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    """Return what has to hold of a finding that is wanted."""
    return (
        true() if wanted.since is None else _touched_since(wanted.since),
        _is_of(wanted.rules) if wanted.rules else true(),
        _concerns(wanted.clusters) if wanted.clusters else true(),
        FINDINGS.c.severity.in_(wanted.severities) if wanted.severities else true(),
        FINDINGS.c.state.in_(wanted.states) if wanted.states else true(),
        FINDINGS.c.fingerprint.in_(wanted.fingerprints) if wanted.fingerprints else true(),
    )


def _touched_since(since: datetime) -> ColumnElement[bool]:
    told = select(TRANSITIONS.c.id).where(
        TRANSITIONS.c.fingerprint == FINDINGS.c.fingerprint, TRANSITIONS.c.at >= since
    )
    return or_(FINDINGS.c.last_failed_at >= since, told.exists())


def _is_of(rules: Sequence[str]) -> ColumnElement[bool]:
    ids, names = [rule.upper() for rule in rules], [rule.lower() for rule in rules]
    return or_(FINDINGS.c.rule.in_(ids), FINDINGS.c.name.in_(names))


def _concerns(clusters: Sequence[str]) -> ColumnElement[bool]:
    return or_(FINDINGS.c.cluster.in_(clusters), FINDINGS.c.subject["peer"].as_string().in_(clusters))
