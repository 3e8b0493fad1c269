"""Versions and addresses in the snapshot's spelling."""

import pytest

from scanner.collect.spelling import core_version, edition, hostport


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.22.7", "1.22.7"),
        ("v1.14.0", "1.14.0"),
        ("1.20.1+ent", "1.20.1"),
        ("1.14.0-rc1", "1.14.0"),
        ("1.22.7dev", "1.22.7"),
        ("1.22", None),
        ("1.2.3.4", None),
        ("\u0661.\u0662.\u0663", None),
        ("", None),
        (None, None),
    ],
)
def test_core_version(text: str | None, expected: str | None) -> None:
    assert core_version(text) == expected


def test_edition() -> None:
    assert edition(["1.22.7", "1.22.7"]) == "ce"
    assert edition(["1.22.7", "1.20.1+ent.fips1402"]) == "enterprise"
    assert edition([]) is None


@pytest.mark.parametrize(
    ("address", "port", "expected"),
    [
        ("10.0.0.7", 8443, "10.0.0.7:8443"),
        ("gw.example.com", 8443, "gw.example.com:8443"),
        ("2001:db8::1", 8443, "[2001:db8::1]:8443"),
        ("", 8443, None),
        ("10.0.0.7", None, None),
        ("10.0.0.7", 0, None),
        ("10.0.0.7", -1, None),
        ("10.0.0.7", 65536, None),
        ("bad host", 1, None),
        ("evil\nhost", 1, None),
        ("evil\x1b[31m", 1, None),
    ],
)
def test_hostport(address: str, port: int | None, expected: str | None) -> None:
    assert hostport(address, port) == expected
