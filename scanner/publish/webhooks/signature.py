"""Signs a message as Standard Webhooks 1.0.0 says, so that the receiver knows who sent it and that it is whole."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from scanner.errors import ConfigError

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64
_MOST = 2


def keys(text: str, origin: str) -> Sequence[bytes]:
    """Return the keys of one or two secrets, split by white space; the second is the one that goes.

    Raises:
        ConfigError: another number of them, or one that is none; `origin` is named, and nothing of it shown.
    """
    secrets = text.split()
    if not 1 <= len(secrets) <= _MOST:
        raise ConfigError(f"{origin} holds {len(secrets)} secrets", "Write one, or two while the first replaces it")
    return [_key(secret, origin) for secret in secrets]


def signed(signing: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers of a message: its id, the Unix time of this attempt, and a signature for each key."""
    content = b".".join([message_id.encode(), str(timestamp).encode(), body])
    macs = [base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode() for key in signing]
    headers = {"webhook-id": message_id, "webhook-timestamp": str(timestamp)}
    return headers | ({"webhook-signature": " ".join(f"v1,{mac}" for mac in macs)} if macs else {})


def _key(secret: str, origin: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError:
        key = b""
    if not secret.startswith(_PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        raise ConfigError(
            f"{origin} holds what is no secret of Standard Webhooks",
            f"Write whsec_ and the base64 of {_SHORTEST} to {_LONGEST} random bytes: openssl rand -base64 32",
        )
    return key
