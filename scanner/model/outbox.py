"""What waits to be told to the outside, and the port through which it is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scanner.model.document import Json

Wanted = Callable[[Json], bool]
"""Whether an endpoint wants an event."""


@dataclass(frozen=True)
class Message:
    """Events that go to an endpoint together.

    `id` is the same for each attempt: that of its first event; `attempts` are those that failed; `due` is when the next
    one is to be; `about` is what its events are about, each by a name of its own; `fault` is how the last attempt
    failed.
    """

    number: int
    id: str
    created: datetime
    attempts: int
    due: datetime
    about: frozenset[str]
    fault: str = ""


@dataclass(frozen=True)
class Queue:
    """What an endpoint has not got: events that wait, since when the oldest does, messages that were given up.

    `disabled_at` is when it said that it wants no more.
    """

    depth: int = 0
    oldest: datetime | None = None
    dead: int = 0
    disabled_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """What stands at one moment: findings (as in an event) that are open or ended lately, and scans that fail."""

    findings: Sequence[Json]
    failing: Sequence[Json]


class Outbox(Protocol):
    """Where events wait, endpoint by endpoint. Any thread may call; each method raises StoreError and changed nothing.

    An endpoint is known by its name, from `welcome` on.
    """

    def welcome(self, endpoints: Sequence[str]) -> int:
        """Know these endpoints from now on and forget all others; return how many messages were forgotten with them.

        A new one gets what happens from now on.
        """
        ...

    def newest(self) -> int:
        """Return the number of the last event, 0 where there was none."""
        ...

    def first_new(self, endpoint: str) -> datetime | None:
        """Return when the first event was written that is in no message yet; None where there is none."""
        ...

    def gather(self, endpoint: str, wanted: Wanted) -> None:
        """Put new events that are wanted into messages, and leave the others out for good."""
        ...

    def waiting(self, endpoint: str) -> Sequence[Message]:
        """Return the messages that wait, the oldest first; of very many the first ones."""
        ...

    def events(self, message: Message) -> Sequence[Json]:
        """Return the events of a message (schema `event`), in the order in which they happened."""
        ...

    def delivered(self, message: Message) -> None:
        """Forget a message that has arrived."""
        ...

    def postponed(self, message: Message, due: datetime, fault: str) -> None:
        """Count an attempt that failed; the next one is due then."""
        ...

    def buried(self, message: Message, fault: str) -> None:
        """Give a message up; it is kept as a dead letter."""
        ...

    def disable(self, endpoint: str, at: datetime) -> None:
        """Send nothing more to an endpoint; what it has not got is kept."""
        ...

    def queue(self, endpoint: str) -> Queue:
        """Return what an endpoint has not got."""
        ...

    def standing(self, ended_after: datetime) -> Standing:
        """Return what stands now, with the findings that were resolved after a time."""
        ...
