"""Sends one test to an endpoint, past the outbox."""

from datetime import datetime

from scanner.errors import ConfigError
from scanner.publish.webhooks.alert_courier import alert_request
from scanner.publish.webhooks.alertmanager import bodies, trial_alert
from scanner.publish.webhooks.composing import delivery
from scanner.publish.webhooks.sample import trial_event
from scanner.publish.webhooks.sending import Answer, HttpSender
from scanner.publish.webhooks.settings import Endpoint


def try_out(endpoint: Endpoint, event_id: str, at: datetime) -> Answer:
    """Send a test to an endpoint and return what it answered.

    Raises:
        ConfigError: its template or a TLS file cannot be used.
    """
    send, event = HttpSender(endpoint.road), trial_event(endpoint.name, event_id, at)
    if endpoint.format != "alertmanager":
        return delivery(endpoint, send)(event_id, at, [event])
    try:
        return send(alert_request(endpoint, *bodies([trial_alert(event["message"], at)])))
    except ConfigError as error:
        return Answer(0, fault=str(error))
