"""The outbox of the store: events that wait for endpoints, in messages, beside the findings that they tell of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from scanner.findings.database import Database
from scanner.findings.messages import events_of, message_of, of_endpoint, queue_of, seen_by, written
from scanner.findings.rows import finding_of, read_rows
from scanner.findings.tables import ENDPOINTS, FAILING_SCANS, FINDINGS, MESSAGES, OUTBOX
from scanner.findings.trouble import failing_of
from scanner.model.document import Json
from scanner.model.finding import OPEN
from scanner.model.outbox import Message, Queue, Standing, Wanted


class SqliteOutbox:
    """See `Outbox`: what each method does and raises."""

    def __init__(self, database: Database) -> None:
        """Take the store's file."""
        self._database = database

    def welcome(self, endpoints: Sequence[str]) -> int:
        """Know these endpoints from now on and forget all others; a new one starts behind the last event."""
        with self._database.transaction() as connection:
            others = ENDPOINTS.c.name.not_in(endpoints)
            lost = select(func.count()).select_from(MESSAGES).join(ENDPOINTS).where(others)
            forgotten = connection.scalar(lost) or 0
            connection.execute(delete(ENDPOINTS).where(others))
            newest = connection.scalar(select(func.max(OUTBOX.c.id))) or 0
            new = insert(ENDPOINTS).on_conflict_do_nothing()
            for name in endpoints:
                connection.execute(new, {"name": name, "seen": newest})
        return forgotten

    def newest(self) -> int:
        """Return the number of the last event, 0 where there is none."""
        with self._database.transaction() as connection:
            return connection.scalar(select(func.max(OUTBOX.c.id))) or 0

    def first_new(self, endpoint: str) -> datetime | None:
        """Return when the first event was written that is in no message yet; None where there is none."""
        with self._database.transaction() as connection:
            new = select(OUTBOX.c.created).where(OUTBOX.c.id > seen_by(connection, endpoint))
            return connection.scalar(new.order_by(OUTBOX.c.id).limit(1))

    def gather(self, endpoint: str, wanted: Wanted) -> None:
        """Put new events that are wanted into messages, and leave the others out for good."""
        with self._database.transaction() as connection:
            new = select(OUTBOX).where(OUTBOX.c.id > seen_by(connection, endpoint)).order_by(OUTBOX.c.id)
            rows = read_rows(connection, new, dict, self._database.place)
            if not rows:
                return
            row = {"name": endpoint, "seen": rows[-1]["id"]}
            upsert = insert(ENDPOINTS).values(row)
            connection.execute(upsert.on_conflict_do_update(index_elements=["name"], set_={"seen": row["seen"]}))
            written(connection, endpoint, [each for each in rows if wanted(each["payload"])])

    def waiting(self, endpoint: str) -> Sequence[Message]:
        """Return the messages that wait, the oldest first; of very many the first ones."""
        with self._database.transaction() as connection:
            return read_rows(connection, of_endpoint(endpoint, "waiting"), message_of, self._database.place)

    def events(self, message: Message) -> Sequence[Json]:
        """Return the events of a message, in the order in which they happened."""
        with self._database.transaction() as connection:
            return read_rows(connection, events_of(message), lambda row: row["payload"], self._database.place)

    def delivered(self, message: Message) -> None:
        """Forget a message that has arrived."""
        with self._database.transaction() as connection:
            connection.execute(delete(MESSAGES).where(MESSAGES.c.id == message.number))

    def postponed(self, message: Message, due: datetime, fault: str) -> None:
        """Count an attempt that failed; the next one is due then."""
        self._change(message, attempts=message.attempts + 1, due=due, fault=fault)

    def buried(self, message: Message, fault: str) -> None:
        """Give a message up; it is kept as a dead letter."""
        self._change(message, attempts=message.attempts + 1, state="dead", fault=fault)

    def disable(self, endpoint: str, at: datetime) -> None:
        """Send nothing more to an endpoint; what it has not got is kept."""
        with self._database.transaction() as connection:
            connection.execute(update(ENDPOINTS).where(ENDPOINTS.c.name == endpoint).values(disabled_at=at))

    def queue(self, endpoint: str) -> Queue:
        """Return what an endpoint has not got."""
        with self._database.transaction() as connection:
            return queue_of(connection, endpoint)

    def standing(self, ended_after: datetime) -> Standing:
        """Return what stands now, with the findings that were resolved after a time."""
        stands = FINDINGS.c.state.in_(OPEN) | (FINDINGS.c.resolved_at > ended_after)
        with self._database.transaction() as connection:
            place = self._database.place
            found = read_rows(connection, select(FINDINGS).where(stands), finding_of, place)
            failing = read_rows(connection, select(FAILING_SCANS), failing_of, place)
        return Standing([finding.document() for finding in found], [each.document() for each in failing])

    def _change(self, message: Message, **values: Any) -> None:
        with self._database.transaction() as connection:
            connection.execute(update(MESSAGES).where(MESSAGES.c.id == message.number).values(values))
