"""Tells one Alertmanager what stands, again and again, and at once when something happened."""

from datetime import datetime, timedelta

import structlog

from scanner.errors import ConfigError
from scanner.model.document import Json
from scanner.model.outbox import Outbox, Queue
from scanner.publish.webhooks.alertmanager import ENDED_FOR, RESEND, alerts, bodies, with_ended
from scanner.publish.webhooks.courier import Pace
from scanner.publish.webhooks.outcome import fault, outcome
from scanner.publish.webhooks.schedule import pause, wish
from scanner.publish.webhooks.sending import Answer, Request, Send
from scanner.publish.webhooks.settings import Endpoint
from scanner.publish.webhooks.state import EndpointState, States

log = structlog.get_logger(__name__)


class AlertCourier:
    """Serves one endpoint of the format `alertmanager`. All calls come from its own thread."""

    def __init__(self, endpoint: Endpoint, outbox: Outbox, send: Send, states: States, pace: Pace) -> None:
        """Take what it needs; it tells `states` how it does."""
        self._endpoint, self._outbox, self._send = endpoint, outbox, send
        self._states, self._pace = states, pace
        self._sent: list[Json] = []
        self._seen = -1
        self._failed, self._failing_since = 0, pace.clock()
        self._due = pace.clock()
        states[endpoint.name] = EndpointState()

    def step(self) -> timedelta:
        """Send where it is time to, and return how long there is nothing to do then.

        Raises:
            StoreError: the store is in trouble; the next step asks it again.
        """
        now, newest = self._pace.clock(), self._outbox.newest()
        happened = newest != self._seen and not self._failed
        # A clock that was set back must not hold alerts for longer than they are good for.
        if happened or not now < self._due <= now + RESEND:
            told = alerts(self._outbox.standing(now - ENDED_FOR), self._endpoint.filters, now)
            self._tell(with_ended(self._sent, told, now), newest, now)
        return self._pace.look_every

    def _tell(self, told: list[Json], newest: int, now: datetime) -> None:
        answer = self._answer(told)
        if outcome(answer) == "success":
            self._failed, self._sent, self._seen, self._due = 0, told, newest, now + RESEND
        else:
            self._postpone(answer, now)
        queue = Queue(len(told), self._failing_since) if self._failed else Queue()
        state = EndpointState(queue, self._states[self._endpoint.name].attempts)
        if told:
            state = state.after("retry" if self._failed else "success")
        self._states[self._endpoint.name] = state

    def _answer(self, told: list[Json]) -> Answer:
        answer = Answer(200)
        for body in bodies(told):
            try:
                answer = self._send(alert_request(self._endpoint, body))
            except ConfigError as error:
                answer = Answer(0, fault=str(error))
            if outcome(answer) != "success":
                break
        return answer

    def _postpone(self, answer: Answer, now: datetime) -> None:
        if not self._failed:
            self._failing_since = now
            log.warning("webhook failed", endpoint=self._endpoint.name, error=fault(answer))
        self._failed += 1
        # It is never given up: what stands has to be told as long as it stands.
        few = min(self._failed, self._pace.schedule.attempts - 1)
        wait = pause(self._pace.schedule, few, self._pace.chance(), wish(answer.retry_after, now)) or RESEND
        self._due = now + min(wait, RESEND)


def alert_request(endpoint: Endpoint, body: bytes) -> Request:
    """Return the request that sends alerts.

    Raises:
        ConfigError: the endpoint's URL cannot be read.
    """
    return Request(f"{endpoint.url.text().rstrip('/')}/api/v2/alerts", {"Content-Type": "application/json"}, body)
