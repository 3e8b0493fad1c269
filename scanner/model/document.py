"""JSON documents: their canonical form and their hash."""

import hashlib
import json
from typing import Any

Json = dict[str, Any]
"""A JSON object, as `json.loads` gives it."""


def canonical_bytes(document: Any) -> bytes:
    """Return the one spelling of a document: sorted keys, no spaces, UTF-8.

    Two engines that agree give the same bytes, so hashes of them can be compared.
    """
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode(errors="surrogatepass")


def sha256(document: Any) -> str:
    """Return the hex SHA-256 of the canonical form of a document."""
    return hashlib.sha256(canonical_bytes(document)).hexdigest()
