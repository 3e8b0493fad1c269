"""A signature of a bundle as OPA verifies it: a JWT over the hash of each file, with HMAC-SHA256.

https://www.openpolicyagent.org/docs/management-bundles/#signing. HMAC needs no further dependency, but who verifies
could sign as well; for a pair of keys, `opa sign` signs the same bundle.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path

from scanner.errors import ConfigError
from scanner.model.document import Json, canonical_bytes

_SHORTEST_KEY = 32


def signatures(files: Mapping[str, bytes], key_file: Path) -> Json:
    """Return what `.signatures.json` has to say; the time is not in it, so the same files have the same signature.

    Args:
        files: contents by name; JSON among them has to be canonical, as OPA hashes that form.
        key_file: a text of at least 32 bytes, all of which is the secret, as it is for `opa run --verification-key`.

    Raises:
        ConfigError: the key cannot be read, or is too short.
    """
    hashes = [
        {"name": name, "hash": hashlib.sha256(files[name]).hexdigest(), "algorithm": "SHA-256"}
        for name in sorted(files)
    ]
    signed = b".".join(_part(canonical_bytes(part)) for part in ({"alg": "HS256", "typ": "JWT"}, {"files": hashes}))
    signature = hmac.digest(_key(key_file), signed, "sha256")
    return {"signatures": [b".".join((signed, _part(signature))).decode()]}


def _part(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _key(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"The signing key {path} cannot be read: {error.strerror}", "Name a readable file.") from None
    if len(key) < _SHORTEST_KEY:
        advice = "Make one: openssl rand -hex 32 > bundle.key."
        raise ConfigError(f"The signing key {path} has fewer than {_SHORTEST_KEY} bytes", advice)
    return key
