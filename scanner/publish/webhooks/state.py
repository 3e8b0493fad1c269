"""How each endpoint does: what its thread leaves and metrics read, whole each time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from scanner.model.outbox import Queue
from scanner.publish.webhooks.outcome import OUTCOMES, Outcome


@dataclass(frozen=True)
class EndpointState:
    """One moment of an endpoint: what it has not got, and its attempts since the start by what became of them."""

    queue: Queue = field(default_factory=Queue)
    attempts: Mapping[Outcome, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))

    def after(self, outcome: Outcome) -> "EndpointState":
        """Return the state after an attempt."""
        return replace(self, attempts={**self.attempts, outcome: self.attempts[outcome] + 1})


States = dict[str, EndpointState]
"""By the endpoint's name; each thread writes its own."""
