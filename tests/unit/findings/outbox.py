"""The messages that wait in a store, read as whoever sends them will."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from scanner.model.document import Json


def outbox(path: Path) -> list[Json]:
    """Return the events in the order in which they are to be sent."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT payload FROM outbox ORDER BY id").fetchall()
    return [json.loads(payload) for (payload,) in rows]
