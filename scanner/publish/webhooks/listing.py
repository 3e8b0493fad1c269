"""What `consul-scan webhooks list` prints: endpoints, what each is told, and what it has not got."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scanner.model.document import Json
from scanner.model.finding import time_text
from scanner.model.outbox import Message, Queue
from scanner.publish.terminal import prose
from scanner.publish.webhooks.settings import EVENTS, Endpoint, Filters

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Listed:
    """An endpoint of the config with what the store says of it; `queue` is None where there is no store yet."""

    endpoint: Endpoint
    queue: Queue | None
    dead: Sequence[Message] = ()


def render_json(listed: Sequence[Listed]) -> str:
    """Return endpoints as JSON; neither an address nor a secret is in it, as both may be one."""
    document = {"schema_version": SCHEMA_VERSION, "webhooks": [_document(each) for each in listed]}
    return json.dumps(document, indent=2) + "\n"


def render_text(listed: Sequence[Listed]) -> str:
    """Return endpoints as lines for people."""
    return "\n".join(line for each in listed for line in _lines(each)) + "\n" if listed else "No webhooks.\n"


def _document(listed: Listed) -> Json:
    endpoint, queue = listed.endpoint, listed.queue
    return {
        "name": endpoint.name,
        "format": endpoint.format,
        "filters": vars(endpoint.filters),
        "waiting_events": queue.depth if queue else None,
        "oldest": time_text(queue.oldest) if queue else None,
        "disabled_at": time_text(queue.disabled_at) if queue else None,
        "dead_letters": [_letter(message) for message in listed.dead],
    }


def _letter(message: Message) -> Json:
    created = time_text(message.created)
    return {"id": message.id, "created": created, "attempts": message.attempts, "fault": message.fault}


def _lines(listed: Listed) -> list[str]:
    endpoint = listed.endpoint
    head = f"{endpoint.name}  {endpoint.format}, {_told(endpoint.filters)}"
    return [head, f"  {_state(listed)}", *(f"  dead letter {_dead(message)}" for message in listed.dead)]


def _told(filters: Filters) -> str:
    conditions = [f"{filters.severity} or worse"] if filters.severity != "info" else []
    conditions += [f"of {', '.join(names)}" for names in (filters.clusters, filters.rules) if names]
    conditions += [f"only {', '.join(filters.events)}"] if filters.events != EVENTS else []
    conditions += ["also what is muted"] if filters.muted else []
    return "; ".join(conditions) or "all that alerts"


def _state(listed: Listed) -> str:
    queue = listed.queue
    if queue is None:
        return "nothing sent yet: there is no store"
    if queue.disabled_at is not None:
        return f"disabled since {_time(queue.disabled_at)}, as it answered 410; {queue.depth} events kept"
    if queue.oldest is None:
        return "what stands is sent each minute" if listed.endpoint.format == "alertmanager" else "nothing waits"
    waiting = "1 event waits" if queue.depth == 1 else f"{queue.depth} events wait"
    return f"{waiting}, the oldest since {_time(queue.oldest)}"


def _dead(message: Message) -> str:
    return f"{message.id} of {_time(message.created)}, attempts: {message.attempts}: {prose(message.fault)}"


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"
