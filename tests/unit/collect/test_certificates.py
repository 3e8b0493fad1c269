"""Fingerprints, against what openssl says of the same certificate."""

import pytest

from scanner.collect.certificates import fingerprints
from scanner.collect.fault import CallError
from tests.faults.consul import recorded

PEM: str = recorded("1.22.7")["/v1/connect/ca/roots"]["Roots"][0]["RootCert"]
SHA256 = "41c094a4c612c2f17cabe6128bad36c902d45eb64bbccfd947df75f661b88e5d"


def test_the_fingerprint_is_that_of_the_der_bytes() -> None:
    assert fingerprints(PEM, "here") == [SHA256]


def test_every_certificate_of_a_text_counts_and_its_line_ends_do_not() -> None:
    assert fingerprints(PEM + PEM.replace("\n", "\r\n"), "here") == [SHA256, SHA256]


@pytest.mark.parametrize("pem", ["", "secret", PEM.replace("MII", "M"), PEM.replace("CERTIFICATE", "PRIVATE KEY")])
def test_what_is_no_certificate_is_told_without_repeating_it(pem: str) -> None:
    with pytest.raises(CallError, match=r"^/v1/x RootCert should be a certificate in PEM") as error:
        fingerprints(pem, "/v1/x RootCert")
    assert error.value.kind == "shape"
