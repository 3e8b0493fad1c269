"""How webhooks do, as Prometheus metrics."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from scanner.publish.webhooks.state import EndpointState, States

_GAUGES: dict[str, tuple[str, Callable[[EndpointState, float], float]]] = {
    "queue_events": ("Number of events that wait for the endpoint.", lambda state, _now: state.queue.depth),
    "oldest_age_seconds": (
        "Age of the oldest event that waits for the endpoint; 0 where none does.",
        lambda state, now: max(now - state.queue.oldest.timestamp(), 0) if state.queue.oldest else 0,
    ),
    "dead_letters": ("Number of messages that were given up and are kept.", lambda state, _now: state.queue.dead),
    "disabled": (
        "Whether the endpoint said that it wants no more (1) or not (0).",
        lambda state, _now: float(state.queue.disabled_at is not None),
    ),
}


class WebhookCollector(Collector):
    """Yields the metrics of all endpoints; none where there is no endpoint."""

    def __init__(self, states: States, clock: Callable[[], float]) -> None:
        """Take how the endpoints do, and where Unix time comes from."""
        self._states = states
        self._clock = clock

    def describe(self) -> Iterable[Metric]:
        """Return nothing: no other collector has these."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield one family a metric."""
        states, now = dict(self._states), self._clock()
        for name, (meaning, value) in _GAUGES.items() if states else ():
            family = GaugeMetricFamily(f"consul_scan_webhook_{name}", meaning, labels=("endpoint",))
            for endpoint, state in states.items():
                family.add_metric((endpoint,), value(state, now))
            yield family
        if states:
            yield _attempts(states)


def _attempts(states: States) -> Metric:
    family = CounterMetricFamily(
        "consul_scan_webhook_attempts",
        "Number of attempts to deliver since the start, by what became of them.",
        labels=("endpoint", "outcome"),
    )
    for endpoint, state in states.items():
        for outcome, number in state.attempts.items():
            family.add_metric((endpoint, outcome), number)
    return family
