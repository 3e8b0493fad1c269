"""A message of an endpoint -> the request that tells it, in the endpoint's format, signed where there is a secret."""

from collections.abc import Callable, Sequence
from datetime import datetime

from scanner.errors import ConfigError
from scanner.model.document import Json
from scanner.publish.webhooks import slack, standard
from scanner.publish.webhooks.sending import Answer, Request, Send
from scanner.publish.webhooks.settings import Endpoint
from scanner.publish.webhooks.signature import keys, signed
from scanner.publish.webhooks.template import compiled

JSON_TYPE = "application/json"

Deliver = Callable[[str, datetime, Sequence[Json]], Answer]
"""Message id, time of the attempt and events -> what the endpoint answered."""


def delivery(endpoint: Endpoint, send: Send) -> Deliver:
    """Return what delivers messages to an endpoint that is told of events.

    A secret or an address that cannot be read is a failed attempt: its file may come back.

    Raises:
        ConfigError: its template cannot be used.
    """
    content_type, body = _format(endpoint)

    def deliver(message_id: str, at: datetime, events: Sequence[Json]) -> Answer:
        try:
            content = body(events)
            signature = signed(_keys(endpoint), message_id, int(at.timestamp()), content)
            return send(Request(endpoint.url.text(), {"Content-Type": content_type, **signature}, content))
        except ConfigError as error:
            return Answer(0, fault=str(error))

    return deliver


def _format(endpoint: Endpoint) -> tuple[str, Callable[[Sequence[Json]], bytes]]:
    if endpoint.template is not None:
        try:
            return endpoint.template.content_type, compiled(endpoint.template)
        except ConfigError as error:
            raise ConfigError(f"webhook {endpoint.name}: {error.message}", error.advice) from None
    return JSON_TYPE, slack.body if endpoint.format == "slack" else standard.body


def _keys(endpoint: Endpoint) -> Sequence[bytes]:
    return keys(endpoint.secrets.text(), f"the secret of webhook {endpoint.name}") if endpoint.secrets else ()
