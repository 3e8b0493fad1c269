"""All endpoints at work: one thread each, so that one that is slow or gone holds no other."""

import random
import threading
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from scanner.errors import StoreError
from scanner.model.outbox import Outbox
from scanner.publish.webhooks.alert_courier import AlertCourier
from scanner.publish.webhooks.composing import delivery
from scanner.publish.webhooks.courier import Courier, Pace
from scanner.publish.webhooks.sending import HttpSender
from scanner.publish.webhooks.settings import Endpoint
from scanner.publish.webhooks.state import States

GRACE_SECONDS = 1.0
"""How long requests in progress may take to end; what did not is sent again after the next start."""

log = structlog.get_logger(__name__)


class Serving(Protocol):
    """What serves one endpoint."""

    def step(self) -> timedelta:
        """Do the next thing, and return how long there is nothing to do. Raises StoreError."""
        ...


def real_pace() -> Pace:
    """Return the pace of production."""
    return Pace(lambda: datetime.now(UTC), random.random)


class Delivery:
    """Serves endpoints from threads for as long as a `with` lasts; `states` is how each does."""

    def __init__(self, endpoints: Sequence[Endpoint], outbox: Outbox, pace: Pace) -> None:
        """Make what serves each. Raises ConfigError for a template or a TLS file that cannot be used."""
        self.states: States = {}
        self._endpoints, self._outbox, self._pace = endpoints, outbox, pace
        self._serving = {endpoint.name: courier(endpoint, outbox, self.states, pace) for endpoint in endpoints}
        self._threads: dict[str, threading.Thread] = {}
        self._stop = threading.Event()

    def __enter__(self) -> States:
        """Begin; what broke off goes on where it did. Raises StoreError where the outbox cannot be used."""
        _welcome(self._endpoints, self._outbox)
        for name in self._serving.keys() - self._threads.keys():
            arguments = (name, self._serving[name], self._stop, self._pace)
            thread = threading.Thread(target=_serve, args=arguments, daemon=True)
            thread.start()
            self._threads[name] = thread
        return self.states

    def __exit__(self, *_: object) -> None:
        """End, and wait a moment for what is being sent."""
        self._stop.set()
        for thread in self._threads.values():
            thread.join(GRACE_SECONDS / len(self._threads))


def courier(endpoint: Endpoint, outbox: Outbox, states: States, pace: Pace) -> Serving:
    """Return what serves an endpoint.

    Raises:
        ConfigError: its template, or a TLS file, cannot be used.
    """
    send = HttpSender(endpoint.road, pace.limit_seconds)
    if endpoint.format == "alertmanager":
        return AlertCourier(endpoint, outbox, send, states, pace)
    return Courier(endpoint, outbox, delivery(endpoint, send), states, pace)


def _welcome(endpoints: Sequence[Endpoint], outbox: Outbox) -> None:
    told = [endpoint.name for endpoint in endpoints if endpoint.format != "alertmanager"]
    if forgotten := outbox.welcome(told):
        log.warning("webhooks forgotten that are not in the config any more", messages=forgotten)


def _serve(name: str, serving: Serving, stop: threading.Event, pace: Pace) -> None:
    trouble = ""
    while not stop.is_set():
        wait, before = pace.look_every, trouble
        try:
            wait, trouble = serving.step(), ""
        except StoreError as error:
            trouble = str(error)
        except Exception:  # noqa: BLE001 - one event must not end an endpoint for good
            trouble = traceback.format_exc()
        if trouble and trouble != before:
            log.error("webhook waits", endpoint=name, error=trouble)
        stop.wait(wait.total_seconds())
