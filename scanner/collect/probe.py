"""The probe: a TLS handshake through a gateway, which shows what stands behind it (design section 3)."""

import socket
import ssl
from typing import Literal

TIMEOUT_S = 3.0
"""For the connection, and again for the handshake."""

Outcome = Literal["ok", "refused", "reset", "certificate", "timeout", "unreachable"]
"""What a gateway address did.

`reset` ended the handshake: it has no route for that server name (facts 13.21); `certificate` showed one that
is not the peer's; `unreachable` has no route or no such host from where the scanner stands,
or there are no usable roots to verify by, which is no fault of the gateway.
"""


def probe(address: str, server_name: str, roots: str, timeout_s: float = TIMEOUT_S) -> Outcome:
    """Return what a handshake with `address` (host:port) for `server_name` came to. No data is sent.

    `roots` are the peer's CA certificates in PEM form: nothing else is trusted.
    """
    host, _, port = address.rpartition(":")
    try:
        context = _trusting(roots)
    except ssl.SSLError:
        return "unreachable"
    try:
        with (
            socket.create_connection((host.strip("[]"), int(port)), timeout_s) as plain,
            context.wrap_socket(plain, server_hostname=server_name),
        ):
            return "ok"
    except (OSError, ValueError) as error:
        return _outcome(error)


def _trusting(roots: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Consul's servers speak gRPC, which is refused without this protocol.
    context.set_alpn_protocols(["h2"])
    context.load_verify_locations(cadata=roots)
    return context


def _outcome(error: OSError | ValueError) -> Outcome:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "reset" if isinstance(error, ssl.SSLError | ConnectionError) else "unreachable"
