"""What `consul-scan webhooks test` sends, and what a template is tried with before anything happens."""

from datetime import datetime

from scanner.model.document import Json
from scanner.model.finding import time_text


def trial_event(endpoint: str, event_id: str, at: datetime) -> Json:
    """Return an event of type `test` (schema `event`)."""
    return {
        "schema_version": 1,
        "id": event_id,
        "type": "test",
        "at": time_text(at),
        "message": f"a test of the endpoint {endpoint}: nothing happened",
        "cluster": None,
        "since": time_text(at),
    }
