"""Times of Consul become whole nanoseconds, and `never` becomes None."""

import pytest

from scanner.collect.times import http_date_ns, rfc3339_ns

SECOND = 10**9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:01Z", SECOND),
        ("2026-11-22T16:16:14.052427999Z", 1795364174052427999),
        ("2026-11-22T16:16:14.05Z", 1795364174050000000),
        ("1970-01-01T01:00:01+01:00", SECOND),
        ("1969-12-31T23:59:59.5Z", -SECOND // 2),
        ("0001-01-01T00:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
    ],
)
def test_rfc3339(text: str, expected: int | None) -> None:
    assert rfc3339_ns(text) == expected


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        rfc3339_ns(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Sun, 22 Nov 2026 15:47:10 GMT", 1795362430 * SECOND), (None, None), ("", None), ("soon", None)],
)
def test_date_header(text: str | None, expected: int | None) -> None:
    assert http_date_ns(text) == expected
