"""When a message that did not arrive is sent again. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WISH = timedelta(hours=24)


@dataclass(frozen=True)
class Schedule:
    """Pauses double from `first` to `longest`; after `attempts` that failed the message is given up.

    As given here that is three days. A pause is about as long as the trouble was until then, so what waited arrives
    soon after the endpoint is back.
    """

    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(hours=1)
    attempts: int = 82


def pause(schedule: Schedule, failed: int, chance: float, wished: timedelta | None) -> timedelta | None:
    """Return how long to wait after a failed attempt; None where it was the last.

    Args:
        schedule: how patient to be.
        failed: attempts that failed, this one included.
        chance: 0 to 1; spreads what would come at once over a quarter more or less.
        wished: the pause that the endpoint asked for (Retry-After); a longer one than planned is kept.
    """
    if failed >= schedule.attempts:
        return None
    doublings: int = min(failed - 1, 30)
    planned = min(schedule.first * (1 << doublings), schedule.longest) * (0.75 + chance / 2)
    return max(planned, min(wished, LONGEST_WISH)) if wished else planned


def wish(retry_after: str | None, now: datetime) -> timedelta | None:
    """Return the pause that a Retry-After header asks for, in seconds or as a date; None where it makes no sense."""
    if retry_after is None:
        return None
    if retry_after.strip().isascii() and retry_after.strip().isdecimal():
        return timedelta(seconds=min(int(retry_after), LONGEST_WISH.total_seconds()))
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(until - now, timedelta()) if until.tzinfo else None
