"""What makes a finding the same one in two scans (design section 6)."""

from scanner.model.document import Json, sha256


def fingerprint(result: Json) -> str:
    """Return the fingerprint of a result (schema `results`): 64 hex digits, whatever its status and message are.

    A pair is known by the rule and the acceptor's peering id alone, as both clusters know that id and either of them
    may be the one that was scanned.
    """
    subject = result["subject"]
    if subject["kind"] == "pair":
        return sha256([result["rule"], subject["id"]])
    place = [subject[field] for field in ("cluster", "partition", "namespace", "kind", "id")]
    return sha256([result["rule"], *place])
