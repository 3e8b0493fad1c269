"""The name of a finding: the same from scan to scan, whatever is said of it."""

from scanner.model.document import Json, sha256


def fingerprint(result: Json) -> str:
    """Return the hex SHA-256 that names a result of the results document.

    It covers rule, cluster, partition, namespace, kind and subject id. A pair is known to both of its clusters by the
    acceptor's peering id, its subject id, and may be told from either side: of it, rule and that id alone.
    """
    subject = result["subject"]
    if subject["kind"] == "pair":
        return sha256([result["rule"], subject["id"]])
    place = [subject[key] for key in ("cluster", "partition", "namespace", "kind", "id")]
    return sha256([result["rule"], *place])
