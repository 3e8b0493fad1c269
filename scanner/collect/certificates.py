"""PEM certificates -> their fingerprints, which is all of them that a snapshot keeps."""

import base64
import hashlib
import re

from scanner.collect.fault import CallError

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


def fingerprints(pem: str, path: str) -> list[str]:
    """Return the SHA-256 of each certificate's DER bytes, in hex and in order; a text may hold several.

    Args:
        pem: what Consul gives as a certificate.
        path: where it stands, for the error.

    Raises:
        CallError: it holds no certificate.
    """
    bodies = ["".join(body.split()) for body in _BLOCK.findall(pem)]
    try:
        found = [hashlib.sha256(base64.b64decode(body, validate=True)).hexdigest() for body in bodies]
    except ValueError:
        found = []
    if not found:
        raise CallError("shape", f"{path} should be a certificate in PEM", "Is this address Consul's own?")
    return found
