"""What makes a failure the same one in another scan (design section 6): never its message, nor its place in a list."""

from scanner.model.document import Json, sha256


def fingerprint(result: Json) -> str:
    """Return the hex SHA-256 of (rule, cluster, partition, namespace, kind, subject id) of a result.

    Of a pair it is that of (rule, subject id) alone, the acceptor's peering id: both sides know that, and which cluster
    a pair stands under depends on which ones are scanned.
    """
    subject = result["subject"]
    if subject["kind"] == "pair":
        return sha256([result["rule"], subject["id"]])
    place = (subject["cluster"], subject["partition"], subject["namespace"])
    return sha256([result["rule"], *place, subject["kind"], subject["id"]])
