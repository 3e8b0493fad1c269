"""What a failed connection says, and the next step for each."""

import ssl

import pytest
import urllib3

from scanner.collect.failure import connection_fault


def untrusted(message: str) -> ssl.SSLError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = message
    return error


def named(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] (_ssl.c:1)")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "reason", "advice"),
    [
        (untrusted("self-signed certificate in certificate chain"), "self-signed certificate in", "tls.ca_file"),
        (untrusted("Hostname mismatch, certificate is not valid for 'x'."), "Hostname mismatch", "tls.server_name"),
        (untrusted("IP address mismatch, certificate is not valid for '1'."), "IP address", "tls.server_name"),
        (named("WRONG_VERSION_NUMBER"), "WRONG_VERSION_NUMBER", "does not speak TLS"),
        (named("TLSV13_ALERT_CERTIFICATE_REQUIRED"), "TLSV13_ALERT_CERTIFICATE_REQUIRED", "tls.cert_file"),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), "EOF occurred", "tls.cert_file"),
    ],
)
def test_tls(error: ssl.SSLError, reason: str, advice: str) -> None:
    for wrapped in (error, urllib3.exceptions.SSLError(error)):
        fault = connection_fault(wrapped, "GET /v1/x", "https://consul:8501")
        assert fault.kind == "tls"
        assert fault.message.startswith(f"GET /v1/x: no TLS with https://consul:8501: {reason}")
        assert advice in fault.advice


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "cannot be reached: Connection refused"),
        (TimeoutError("timed out"), "did not answer in time"),
        (urllib3.exceptions.ReadTimeoutError(None, "/", "x"), "did not answer in time"),  # type: ignore[arg-type]
        (urllib3.exceptions.ProtocolError("Connection\nbroken"), "broke off: Connection broken"),
    ],
)
def test_unreachable(error: Exception, part: str) -> None:
    fault = connection_fault(error, "GET /v1/x", "http://consul:8500")
    assert fault.kind == "unreachable"
    assert fault.message == f"GET /v1/x: http://consul:8500 {part}"
    assert fault.advice


@pytest.mark.parametrize(
    "error", [ConnectionResetError(104, "Connection reset by peer"), BrokenPipeError(32, "Broken")]
)
def test_who_breaks_off_may_want_what_the_address_does_not_give(error: OSError) -> None:
    # Seen of Consul 1.22.7: its alert, or its sentence about HTTP on an HTTPS port, is lost where the request is on its
    # way already.
    advice = {
        scheme: connection_fault(error, "GET /v1/x", f"{scheme}://consul:8501").advice
        for scheme in ("http", "https", "unix")
    }
    assert {scheme for scheme, text in advice.items() if "tls.cert_file" in text} == {"https"}
    assert {scheme for scheme, text in advice.items() if "https://" in text} == {"http"}
