"""The tables of the store, as the newest migration leaves them.

What a cluster can choose is kept as JSON: SQLite has no text with lone surrogates in it, and Consul does.
"""

from datetime import UTC, datetime

from sqlalchemy import JSON, Column, Dialect, ForeignKey, Integer, LargeBinary, MetaData, Table, Text, TypeDecorator


class Instant(TypeDecorator[datetime]):
    """A time, as UTC text to the microsecond: it sorts as text, and can be read in any SQLite shell."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Return the text of a time that has a zone."""
        del dialect
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Return the time of a text."""
        del dialect
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData()

META = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

FINDINGS = Table(
    "findings",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("cluster", Text, nullable=False),
    Column("subject", JSON, nullable=False),
    Column("message", JSON, nullable=False),
    Column("caused_by", JSON, nullable=False),
    Column("waived_by", JSON(none_as_null=True)),
    Column("failing_since", Instant),
    Column("last_failed_at", Instant, nullable=False),
    Column("opened_at", Instant),
    Column("resolved_at", Instant, index=True),
    Column("unmarked_since", Instant),
)

TRANSITIONS = Table(
    "transitions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", Text, ForeignKey("findings.fingerprint", ondelete="CASCADE"), nullable=False, index=True),
    Column("event", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("message", JSON, nullable=False),
    Column("scan_id", Text, nullable=False),
    Column("snapshot", Text, nullable=False, index=True),
    Column("policies", Text, nullable=False),
    Column("results", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("engine_version", Text, nullable=False),
)

SNAPSHOTS = Table(
    "snapshots",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("content", LargeBinary, nullable=False),
)

OUTBOX = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("event_id", Text, nullable=False, unique=True),
    Column("created", Instant, nullable=False, index=True),
    Column("payload", JSON, nullable=False),
)

ENDPOINTS = Table(
    "endpoints",
    metadata,
    Column("name", Text, primary_key=True),
    Column("seen", Integer, nullable=False),
    Column("disabled_at", Instant),
)

MESSAGES = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("endpoint", Text, ForeignKey("endpoints.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("message_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", Instant, nullable=False),
    Column("fault", JSON, nullable=False),
)

MESSAGE_EVENTS = Table(
    "message_events",
    metadata,
    Column("message", Integer, ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("event", Integer, ForeignKey("outbox.id"), primary_key=True, index=True),
    Column("about", Text, nullable=False),
)

FAILING_SCANS = Table(
    "failing_scans",
    metadata,
    Column("cluster", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("message", JSON, nullable=False),
)
