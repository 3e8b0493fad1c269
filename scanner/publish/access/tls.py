"""TLS of the daemon's own listener. A new handshake uses the certificates that are in the files by then."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scanner.errors import ConfigError

VERSIONS = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
VERIFICATION = {
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}


@dataclass(frozen=True)
class ServerTls:
    """`tls_server_config` of the web config file, in its own words."""

    cert_file: Path
    key_file: Path
    client_ca_file: Path | None = None
    client_auth_type: str = ""
    min_version: str = "TLS12"

    @property
    def files(self) -> tuple[Path, ...]:
        """All files that it names."""
        own = (self.cert_file, self.key_file)
        return (*own, self.client_ca_file) if self.client_ca_file else own


def server_context(tls: ServerTls) -> ssl.SSLContext:
    """Return a context with the certificates as they are in the files now.

    Raises:
        ConfigError: a file cannot be used; it is named.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = VERSIONS[tls.min_version]
    try:
        # An encrypted key would make OpenSSL ask on the terminal; an empty password makes it fail instead.
        context.load_cert_chain(tls.cert_file, tls.key_file, password=lambda: "")
    except OSError as error:
        raise _unusable(f"the certificate {tls.cert_file} with the key {tls.key_file}", error) from None
    if tls.client_ca_file:
        _verify_clients(context, tls.client_ca_file, tls.client_auth_type)
    return context


def _verify_clients(context: ssl.SSLContext, ca_file: Path, auth_type: str) -> None:
    try:
        context.load_verify_locations(ca_file)
    except OSError as error:
        raise _unusable(f"the client CA {ca_file}", error) from None
    context.verify_mode = VERIFICATION[auth_type]


def _unusable(what: str, error: OSError) -> ConfigError:
    cause = getattr(error, "reason", "") or error.strerror or "not PEM"
    return ConfigError(
        f"{what} cannot be used: {cause}", "Name readable PEM files that belong together, without password"
    )


class RotatingContext(ssl.SSLContext):
    """Stands for the context that counts now: each handshake asks for it anew, so all of it may change, not only keys.

    asyncio makes the TLS of each connection by `wrap_bio`.
    """

    current: Callable[[], ssl.SSLContext]

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,  # noqa: FBT001, FBT002 - the signature of ssl.SSLContext
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        """Begin a connection with the certificates of now."""
        return self.current().wrap_bio(incoming, outgoing, server_side, server_hostname, session)


def rotating(current: Callable[[], ssl.SSLContext]) -> RotatingContext:
    """Return a context that is, for each connection, what `current` returns at its beginning."""
    context = RotatingContext(ssl.PROTOCOL_TLS_SERVER)
    context.current = current
    return context
