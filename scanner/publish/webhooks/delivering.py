"""All endpoints at work: one thread each, so that one that is slow or gone holds no other."""

import random
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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


@contextmanager
def delivering(endpoints: Sequence[Endpoint], outbox: Outbox, pace: Pace) -> Iterator[States]:
    """Serve endpoints from threads until the end of the block, and yield how each does.

    Raises:
        ConfigError: a template or TLS file that cannot be used.
        StoreError: the outbox cannot be used.
    """
    states: States = {}
    serving = {endpoint.name: courier(endpoint, outbox, states, pace) for endpoint in endpoints}
    _welcome(endpoints, outbox)
    stop = threading.Event()
    threads = [threading.Thread(target=_serve, args=(*each, stop, pace), daemon=True) for each in serving.items()]
    for thread in threads:
        thread.start()
    try:
        yield states
    finally:
        stop.set()
        for thread in threads:
            thread.join(GRACE_SECONDS / len(threads))


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
