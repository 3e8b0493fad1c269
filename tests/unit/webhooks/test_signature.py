"""Signatures are those of Standard Webhooks: the reference library verifies them."""

import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from scanner.errors import ConfigError
from scanner.publish.webhooks.signature import keys, signed

NEW = "whsec_" + base64.b64encode(b"n" * 32).decode()
OLD = "whsec_" + base64.b64encode(b"o" * 24).decode()
BODY = b'{"type":"finding.opened"}'


@pytest.fixture
def now() -> int:
    """The time of the test itself: the reference library refuses what is five minutes old."""
    return int(datetime.now(UTC).timestamp())


def test_the_reference_library_verifies_what_is_signed(now: int) -> None:
    headers = signed(keys(NEW, "it"), "event-1", now, BODY)

    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("event-1", str(now))
    assert Webhook(NEW).verify(BODY, headers) == {"type": "finding.opened"}


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_both_secrets_verify_while_one_replaces_the_other(secret: str, now: int) -> None:
    headers = signed(keys(f"{NEW}\n{OLD}\n", "it"), "event-1", now, BODY)

    assert Webhook(secret).verify(BODY, headers)


@pytest.mark.parametrize(
    ("message_id", "later", "body", "secret"),
    [
        ("event-2", 0, BODY, NEW),
        ("event-1", 1, BODY, NEW),
        ("event-1", 0, BODY + b" ", NEW),
        ("event-1", 0, BODY, OLD),
    ],
)
def test_nothing_else_verifies(message_id: str, later: int, body: bytes, secret: str, now: int) -> None:
    headers = signed(keys(NEW, "it"), "event-1", now, BODY)

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers | {"webhook-id": message_id, "webhook-timestamp": str(now + later)})


def test_without_a_secret_there_is_an_id_and_no_signature() -> None:
    assert signed((), "event-1", 7, BODY) == {"webhook-id": "event-1", "webhook-timestamp": "7"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{NEW} {OLD} {NEW}",
        NEW.removeprefix("whsec_"),
        "whsec_" + base64.b64encode(b"s" * 23).decode(),
        "whsec_" + base64.b64encode(b"s" * 65).decode(),
        "whsec_not+base64!",
        NEW + "=",
        "whsec_\udcff",
    ],
)
def test_what_is_no_secret_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        keys(text, "hook.secret")

    assert caught.value.message.startswith("hook.secret holds")
    assert caught.value.advice
    assert not any(word in str(caught.value) for word in text.split() if len(word) > 10)
