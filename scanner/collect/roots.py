"""The cluster's certificate authority: its trust domain, and the roots that its servers' certificates hang on."""

from dataclasses import dataclass

from scanner.collect.certificates import fingerprints
from scanner.collect.client import ConsulClient, Mark
from scanner.collect.fields import Fields
from scanner.model.document import Json

PATH = "/v1/connect/ca/roots"


@dataclass(frozen=True)
class Roots:
    """The trust domain `<uuid>.consul`, half of the server name that peers expect, and the roots as in the snapshot."""

    trust_domain: str | None
    document: Json


def read_roots(client: ConsulClient) -> tuple[Roots, Mark]:
    """Return trust domain and roots; None for each that Consul does not name. Needs no grant (facts 1.7).

    Raises:
        CallError: no usable answer, or a root that is no certificate.
    """
    answer = client.read_object(PATH)
    certificates = {row.text("ID"): _certificate(row) for row in answer.value.rows("Roots")}
    document = {"active": answer.value.text("ActiveRootID") or None, "certificates": certificates}
    return Roots(answer.value.text("TrustDomain") or None, document), answer.mark


def _certificate(row: Fields) -> Json:
    """Return fingerprint and end of a root; Consul writes the root first where it adds intermediates."""
    return {
        "fingerprint": fingerprints(row.text("RootCert"), f"{PATH} RootCert")[0],
        "not_after_ns": row.time_ns("NotAfter"),
    }
