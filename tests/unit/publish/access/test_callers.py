"""Who a caller is, by its headers and its certificate."""

import asyncio
import base64
import ssl
from dataclasses import replace
from hashlib import sha256

import pytest

from scanner.publish.access.callers import Peer, is_outdated, is_stranger, role_of
from scanner.publish.access.logins import Passwords
from scanner.publish.access.roles import Role
from scanner.publish.access.settings import OPEN, Admins, WebConfig
from tests.web_files import hashed

CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
LOGINS = WebConfig(
    users={"alice": hashed("a:b"), "prometheus": hashed("p")},
    tokens={"deploy": sha256(b"d").hexdigest(), "scrape": sha256(b"s").hexdigest()},
    admins=Admins(users=frozenset({"alice"}), tokens=frozenset({"deploy"})),
)
CERTIFICATES = WebConfig(
    context=CONTEXT, client_certificates=True, admins=Admins(client_sans=frozenset({"ops.example"}))
)


def role(config: WebConfig, authorization: str = "", peer: Peer | None = None) -> Role | None:
    return asyncio.run(role_of(config, Passwords(pause=0), peer or Peer(), authorization))


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


def test_where_nobody_is_asked_everybody_may_read_and_nobody_administer() -> None:
    assert role(OPEN) is Role.READ
    assert role(OPEN, basic("alice:a:b")) is Role.READ


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        (basic("alice:a:b"), Role.ADMIN),
        (basic("prometheus:p"), Role.READ),
        (basic("prometheus:p").replace("Basic", "basic"), Role.READ),
        ("Bearer d", Role.ADMIN),
        ("BEARER  s ", Role.READ),
        ("", None),
        (basic("alice:p"), None),
        (basic("nobody:p"), None),
        (basic("alice"), None),
        (basic(":"), None),
        ("Basic", None),
        ("Basic !!!", None),
        ("Basic " + base64.b64encode(b"\xff\xfe:p").decode(), None),
        ("Bearer", None),
        ("Bearer x", None),
        (f"Bearer {sha256(b'd').hexdigest()}", None),
        ("Digest d", None),
        ("d", None),
    ],
)
def test_a_login_says_who_it_is(authorization: str, expected: Role | None) -> None:
    assert role(LOGINS, authorization) is expected


def test_a_certificate_is_no_login() -> None:
    config = replace(LOGINS, context=CONTEXT, client_certificates=True)
    assert role(config, peer=Peer(frozenset({"alice"}), CONTEXT)) is None


@pytest.mark.parametrize(
    ("sans", "expected"),
    [
        (frozenset({"ops.example"}), Role.ADMIN),
        (frozenset({"prometheus.example"}), Role.READ),
        (frozenset(), Role.READ),
        (None, None),
    ],
)
def test_without_logins_the_certificate_says_who_it_is(sans: frozenset[str] | None, expected: Role | None) -> None:
    assert role(CERTIFICATES, peer=Peer(sans, CONTEXT)) is expected


def test_a_certificate_that_was_verified_by_former_settings_counts_no_more() -> None:
    peer = Peer(frozenset({"ops.example"}), CONTEXT)
    rotated = replace(CERTIFICATES, context=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    assert is_outdated(rotated, peer)
    assert not is_outdated(CERTIFICATES, peer)
    assert not is_outdated(replace(rotated, client_certificates=False), peer)


@pytest.mark.parametrize(
    ("sans", "allowed", "expected"),
    [
        (frozenset({"a", "b"}), frozenset({"b"}), False),
        (frozenset({"a"}), frozenset({"b"}), True),
        (frozenset(), frozenset({"b"}), True),
        (frozenset({"a"}), None, False),
        (None, frozenset({"b"}), False),
    ],
)
def test_a_stranger_has_a_good_certificate_and_none_of_the_names(
    sans: frozenset[str] | None, allowed: frozenset[str] | None, expected: object
) -> None:
    assert is_stranger(replace(CERTIFICATES, allowed_sans=allowed), Peer(sans, CONTEXT)) is expected
