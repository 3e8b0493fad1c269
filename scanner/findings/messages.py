"""Messages of the outbox as rows: events that go to an endpoint together."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from sqlalchemy import JSON, Connection, RowMapping, Select, and_, func, select, type_coerce

from scanner.findings.tables import ENDPOINTS, MESSAGE_EVENTS, MESSAGES, OUTBOX
from scanner.model.document import Json
from scanner.model.outbox import Message, Queue

LARGEST_MESSAGE = 100
"""Events in one message, about 130 kB; a larger burst comes as several."""
AT_ONCE = 200
"""Messages that are read in one go, the oldest first."""

State = Literal["waiting", "dead"]


def about(event: Json) -> str:
    """Return the name of what an event is about: events about the same thing arrive in their order."""
    return event["finding"]["fingerprint"] if "finding" in event else f"scan of {event['cluster'] or 'all'}"


def seen_by(connection: Connection, endpoint: str) -> int:
    """Return the number of the last event that an endpoint's messages were made from."""
    return connection.scalar(select(ENDPOINTS.c.seen).where(ENDPOINTS.c.name == endpoint)) or 0


def written(connection: Connection, endpoint: str, rows: Sequence[Json]) -> None:
    """Write messages of these rows of the outbox, in their order."""
    for together in _batches(rows):
        first = together[0]
        made = MESSAGES.insert().values(
            endpoint=endpoint,
            message_id=first["event_id"],
            state="waiting",
            created=first["created"],
            attempts=0,
            due=first["created"],
            fault="",
        )
        number = connection.execute(made.returning(MESSAGES.c.id)).scalar_one()
        held = [{"message": number, "event": row["id"], "about": about(row["payload"])} for row in together]
        connection.execute(MESSAGE_EVENTS.insert(), held)


def of_endpoint(endpoint: str, state: State) -> Select[Any]:
    """Ask for an endpoint's messages in a state, `AT_ONCE` at most, each with what it is about as a JSON list."""
    names = select(func.json_group_array(MESSAGE_EVENTS.c.about)).where(MESSAGE_EVENTS.c.message == MESSAGES.c.id)
    asked = select(MESSAGES, type_coerce(names.scalar_subquery(), JSON).label("about"))
    chosen = asked.where(MESSAGES.c.endpoint == endpoint, MESSAGES.c.state == state)
    return chosen.order_by(MESSAGES.c.id).limit(AT_ONCE)


def message_of(row: RowMapping) -> Message:
    """Return the message of a row."""
    told = {name: row[name] for name in ("created", "attempts", "due", "fault")}
    return Message(row["id"], row["message_id"], about=frozenset(row["about"]), **told)


def events_of(message: Message) -> Select[Any]:
    """Ask for the events of a message, in the order in which they happened."""
    held = OUTBOX.join(MESSAGE_EVENTS, MESSAGE_EVENTS.c.event == OUTBOX.c.id)
    return (
        select(OUTBOX.c.payload)
        .select_from(held)
        .where(MESSAGE_EVENTS.c.message == message.number)
        .order_by(OUTBOX.c.id)
    )


def queue_of(connection: Connection, endpoint: str) -> Queue:
    """Return what an endpoint has not got."""
    its = MESSAGES.c.endpoint == endpoint
    waits = and_(its, MESSAGES.c.state == "waiting")
    held = select(func.count()).select_from(MESSAGES.join(MESSAGE_EVENTS)).where(waits)
    dead = select(func.count()).select_from(MESSAGES).where(its, MESSAGES.c.state == "dead")
    disabled = select(ENDPOINTS.c.disabled_at).where(ENDPOINTS.c.name == endpoint)
    return Queue(
        connection.scalar(held) or 0,
        connection.scalar(select(func.min(MESSAGES.c.created)).where(waits)),
        connection.scalar(dead) or 0,
        connection.scalar(disabled),
    )


def _batches(rows: Sequence[Json]) -> Iterator[Sequence[Json]]:
    for start in range(0, len(rows), LARGEST_MESSAGE):
        yield rows[start : start + LARGEST_MESSAGE]
