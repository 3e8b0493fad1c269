"""Sends again what was given up: the one write beside the daemon that writes the store.

It needs no lock of the writer: the daemon keeps nothing of these rows in memory, and SQLite lets one write at a time.
"""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, update
from sqlalchemy.exc import DBAPIError

from scanner.errors import UsageError
from scanner.findings.history import check_newest, check_there
from scanner.findings.sqlite import store_error, writing
from scanner.findings.tables import ENDPOINTS, MESSAGES


def replay(path: Path, endpoint: str, message_id: str | None, at: datetime) -> int:
    """Let an endpoint's dead letters wait again, due at a time, and those that wait for it; return their number.

    An endpoint that was disabled is sent to again. With `message_id` it is that message alone.

    Raises:
        UsageError: the endpoint never was in this store, or there is no such message.
        StoreError: there is no such file, it cannot be written, or it is no store of this version.
    """
    place = f"Store {path}"
    check_there(path)
    engine = writing(path)
    try:
        with engine.begin() as connection:
            check_newest(connection, place)
            return _replayed(connection, endpoint, message_id, at)
    except DBAPIError as fault:
        raise store_error(place, fault) from fault
    finally:
        engine.dispose()


def _replayed(connection: Connection, endpoint: str, message_id: str | None, at: datetime) -> int:
    enabled = update(ENDPOINTS).where(ENDPOINTS.c.name == endpoint).values(disabled_at=None)
    if connection.execute(enabled).rowcount == 0:
        raise UsageError(
            f"The store knows no endpoint {endpoint}", "Start `consul-scan serve` with it once, which sends to it."
        )
    chosen = MESSAGES.c.endpoint == endpoint
    if message_id is not None:
        chosen &= MESSAGES.c.message_id == message_id
    again = update(MESSAGES).where(chosen).values(state="waiting", attempts=0, due=at)
    number = connection.execute(again).rowcount
    if message_id is not None and number == 0:
        raise UsageError(f"No message {message_id} is kept for {endpoint}", "`consul-scan webhooks list` has them.")
    return number
