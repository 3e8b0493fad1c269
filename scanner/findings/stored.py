"""Results that were stored, as `audit --format json` wrote them."""

from typing import Any

from scanner.errors import DocumentError
from scanner.model.document import Json
from scanner.schemas import fault

SCHEMA_VERSION = 1


def checked_results(document: Any, source: str) -> Json:
    """Return a results document that was stored.

    Args:
        document: what `source` holds.
        source: named in the error.

    Raises:
        DocumentError: another schema version, or no results at all.
    """
    version = document.get("schema_version") if isinstance(document, dict) else None
    if version is not None and version != SCHEMA_VERSION:
        raise DocumentError(
            f"{source} is of schema version {version!r}; this consul-scan reads version {SCHEMA_VERSION}",
            "Audit anew with this version.",
        )
    if reason := fault(document, "results"):
        raise DocumentError(f"{source} holds no results: {reason}", "Make them with `consul-scan audit --format json`.")
    results: Json = document
    return results
