"""The cluster's trust domain: half of the server name that its peers expect."""

from scanner.collect.client import ConsulClient, Mark


def read_trust_domain(client: ConsulClient) -> tuple[str | None, Mark]:
    """Return `<uuid>.consul`; None when Consul names none. Needs no grant (facts 1.7).

    Raises:
        CallError: no usable answer.
    """
    answer = client.read_object("/v1/connect/ca/roots")
    return answer.value.text("TrustDomain") or None, answer.mark
