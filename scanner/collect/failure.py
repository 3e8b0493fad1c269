"""Why a request brought no answer -> one sentence and the next step."""

import ssl
from collections.abc import Iterator

import requests
from urllib3.exceptions import ReadTimeoutError

from scanner.collect.deadline import OverdueError
from scanner.collect.excerpt import excerpt
from scanner.collect.fault import CallError

_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"})
"""OpenSSL's names for an answer that is no TLS."""

_BROKEN_OFF = (ConnectionResetError, BrokenPipeError)
_MAYBE_WANTED = {
    "https": ", and whether it wants a client certificate: tls.cert_file and tls.key_file",
    "http": ", and whether it wants TLS: https:// in the address",
}
"""By the address's scheme, what a server that breaks off may want.

In TLS 1.3 a server refuses a client after the handshake, and a TLS port answers plain text with one sentence and
closes; either is lost where the client still writes.
"""


def connection_fault(error: Exception, request: str, address: str) -> CallError:
    """Return what `requests`, urllib3 or the system raised as a `CallError` (`tls` or `unreachable`).

    Their own texts repeat URLs and objects; only the innermost cause is told.
    """
    causes = list(_causes(error))
    trust = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if trust is not None:
        return _tls_fault(trust, request, address)
    overdue = next((cause for cause in causes if isinstance(cause, OverdueError)), None)
    if overdue is not None:
        return _too_slow(request, overdue.limit_s)
    if any(isinstance(cause, TimeoutError | requests.Timeout | ReadTimeoutError) for cause in causes):
        advice = "Check the address, firewalls in between, and that Consul has a leader"
        return CallError("unreachable", f"{request}: {address} did not answer in time", advice)
    advice = "Check that Consul's HTTP API listens there"
    if any(isinstance(cause, _BROKEN_OFF) for cause in causes):
        advice += _MAYBE_WANTED.get(address.partition(":")[0], "")
    reason = _system_words(causes)
    what = f"cannot be reached: {reason}" if reason else f"broke off: {excerpt(str(causes[-1]))}"
    return CallError("unreachable", f"{request}: {address} {what}", advice)


def too_large(request: str, limit: int) -> CallError:
    """Return the fault of an answer above the limit, given in bytes."""
    advice = "Is this address Consul's own?"
    return CallError("too_large", f"{request}: the answer is larger than {limit // 2**20} MiB", advice)


def _too_slow(request: str, limit_s: float) -> CallError:
    return CallError("unreachable", f"{request}: the answer did not end within {limit_s:g} s", "Try again later")


def _tls_fault(error: ssl.SSLError, request: str, address: str) -> CallError:
    # OpenSSL's own attributes are there only where OpenSSL raised it.
    name = getattr(error, "reason", None) or error.strerror or "unknown reason"
    reason = excerpt(getattr(error, "verify_message", None) or name)
    return CallError("tls", f"{request}: no TLS with {address}: {reason}", _tls_advice(error, reason))


def _tls_advice(error: ssl.SSLError, reason: str) -> str:
    if "ostname mismatch" in reason or "IP address mismatch" in reason:
        return "Set tls.server_name to a name in the certificate, such as server.<datacenter>.consul"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "Set tls.ca_file to the CA of this cluster"
    if reason in _NOT_TLS:
        return "That port does not speak TLS: use http://, or the port of ports.https"
    return "Consul may want a client certificate: set tls.cert_file and tls.key_file"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Give an error and all that led to it, the outermost first; urllib3 keeps some causes as arguments only."""
    current: BaseException | None = error
    while current is not None:
        yield current
        inside = [argument for argument in current.args if isinstance(argument, BaseException)]
        current = current.__cause__ or current.__context__ or next(iter(inside), None)


def _system_words(causes: list[BaseException]) -> str:
    """Return the operating system's own words for the innermost cause; empty where it has none."""
    words = (cause.strerror for cause in reversed(causes) if isinstance(cause, OSError) and cause.strerror)
    return excerpt(next(words, ""))
