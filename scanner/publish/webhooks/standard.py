"""The format `standard`: the body of Standard Webhooks, with the events as they are (schema `webhook`)."""

import json
from collections.abc import Sequence

from scanner.model.document import Json

SEVERAL = "events"
"""The type of a message with several events."""


def body(events: Sequence[Json]) -> bytes:
    """Return the body of a message: the same bytes each time that it is sent."""
    kind = events[0]["type"] if len(events) == 1 else SEVERAL
    document = {"type": kind, "timestamp": events[0]["at"], "data": {"events": list(events)}}
    # In ASCII: what Consul takes for a name is not always what UTF-8 can hold.
    return json.dumps(document, separators=(",", ":")).encode("ascii")
