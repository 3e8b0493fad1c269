"""Which message goes next. Pure."""

from collections.abc import Sequence
from datetime import datetime

from scanner.model.outbox import Message


def next_message(waiting: Sequence[Message], now: datetime) -> Message | None:
    """Return the first message that is due and may go; None where there is none.

    A message may go when no older one waits that is about the same: so one that is refused again and again holds its
    own findings and no other.
    """
    held: set[str] = set()
    for message in waiting:
        # By a clock that was set back, a first attempt would be due in the future.
        is_due = message.attempts == 0 or message.due <= now
        if is_due and held.isdisjoint(message.about):
            return message
        held |= message.about
    return None
