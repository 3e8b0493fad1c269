"""Consul's two spellings of a time -> integer nanoseconds since 1970."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_RFC3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_SECOND = 10**9


def rfc3339_ns(text: str) -> int | None:
    """Return the nanoseconds of `2026-11-22T15:47:10.123456789Z`, exact to the last digit.

    Year 1 and the first moment of 1970 are how Go and protobuf write "never" (1.14.8 the second): None.

    Raises:
        ValueError: not such a time.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError("not an RFC 3339 time")
    second, fraction, zone = match.groups()
    moment = datetime.fromisoformat(second + zone.replace("Z", "+00:00"))
    if moment.year == 1:
        return None
    return _ns(moment) + int((fraction or "0").ljust(9, "0")) or None


def http_date_ns(text: str | None) -> int | None:
    """Return the nanoseconds of a `Date` header (whole seconds); None where there is none or it is no date."""
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return _ns(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _ns(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1) * _SECOND
