"""Brings one endpoint its messages: at least once, in order for each finding, until it has them or is given up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from scanner.model.outbox import Message, Outbox
from scanner.publish.webhooks.composing import Deliver
from scanner.publish.webhooks.filtering import wants
from scanner.publish.webhooks.order import next_message
from scanner.publish.webhooks.outcome import Outcome, fault, outcome
from scanner.publish.webhooks.schedule import Schedule, pause, wish
from scanner.publish.webhooks.sending import LIMIT_SECONDS
from scanner.publish.webhooks.settings import Endpoint
from scanner.publish.webhooks.state import EndpointState, States

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Pace:
    """Where time and chance come from, how patient to be, and how often to look for something new.

    `limit_seconds` is how long one attempt may take.
    """

    clock: Callable[[], datetime]
    chance: Callable[[], float]
    schedule: Schedule = field(default_factory=Schedule)
    look_every: timedelta = timedelta(seconds=1)
    limit_seconds: float = LIMIT_SECONDS


class Courier:
    """Serves one endpoint. All calls come from its own thread."""

    def __init__(self, endpoint: Endpoint, outbox: Outbox, deliver: Deliver, states: States, pace: Pace) -> None:
        """Take what it needs; it tells `states` how it does."""
        self._endpoint, self._name = endpoint, endpoint.name
        self._outbox, self._deliver = outbox, deliver
        self._states, self._pace = states, pace
        self._unwritten: Callable[[], None] | None = None
        states[self._name] = EndpointState()

    def step(self) -> timedelta:
        """Do the next thing, and return how long there is nothing to do then.

        Raises:
            StoreError: the store is in trouble. What became of a message is kept in mind until it could be written, so
                that it is not sent once more for that.
        """
        self._write()
        self._gather()
        queue = self._outbox.queue(self._name)
        self._states[self._name] = EndpointState(queue, self._states[self._name].attempts)
        waiting = () if queue.disabled_at else self._outbox.waiting(self._name)
        message = next_message(waiting, self._pace.clock())
        if message is None:
            return self._pace.look_every
        self._attempt(message)
        return timedelta()

    def _gather(self) -> None:
        first = self._outbox.first_new(self._name)
        # A clock that was set back must not hold events for longer than the window.
        if first is not None and not timedelta() <= self._pace.clock() - first < self._endpoint.window:
            self._outbox.gather(self._name, lambda event: wants(self._endpoint.filters, event))

    def _attempt(self, message: Message) -> None:
        answer = self._deliver(message.id, self._pace.clock(), self._outbox.events(message))
        now = self._pace.clock()
        wished = wish(answer.retry_after, now)
        wait = pause(self._pace.schedule, message.attempts + 1, self._pace.chance(), wished)
        what = outcome(answer)
        if what == "retry" and wait is None:
            what = "dead"
        self._unwritten = self._conclusion(message, what, fault(answer), now, wait or timedelta())
        self._states[self._name] = self._states[self._name].after(what)
        self._tell(message, what, fault(answer))
        self._write()

    def _conclusion(
        self, message: Message, what: Outcome, why: str, now: datetime, wait: timedelta
    ) -> Callable[[], None]:
        if what == "success":
            return lambda: self._outbox.delivered(message)
        if what == "dead":
            return lambda: self._outbox.buried(message, why)
        if what == "disabled":
            return lambda: self._outbox.disable(self._name, now)
        return lambda: self._outbox.postponed(message, now + wait, why)

    def _write(self) -> None:
        if self._unwritten is not None:
            self._unwritten()
            self._unwritten = None

    def _tell(self, message: Message, what: Outcome, why: str) -> None:
        if what == "success":
            log.info("webhook delivered", endpoint=self._name, message_id=message.id, attempts=message.attempts + 1)
        elif what == "disabled":
            log.error("webhook disabled", endpoint=self._name, error=why)
        elif what == "dead":
            log.error("webhook given up", endpoint=self._name, message_id=message.id, error=why)
        elif message.attempts == 0:
            log.warning("webhook failed", endpoint=self._name, message_id=message.id, error=why)
