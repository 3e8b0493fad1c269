"""TLS settings -> what Python's TLS needs."""

import ssl
from pathlib import Path

import urllib3
from urllib3.exceptions import InsecureRequestWarning

from scanner.collect.target import Tls
from scanner.errors import ConfigError


def tls_context(tls: Tls) -> ssl.SSLContext:
    """Return a context that trusts what `tls` says and nothing else; TLS 1.2 is the oldest version spoken.

    Raises:
        ConfigError: a file or folder that is missing, unreadable or not PEM; a certificate without its key.
    """
    context = ssl.create_default_context() if tls.ca_file is None and tls.ca_path is None else _trusting(tls)
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        urllib3.disable_warnings(InsecureRequestWarning)
    _identify(context, tls)
    return context


def _trusting(tls: Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for path in [tls.ca_file] if tls.ca_file else _files(tls.ca_path):
        try:
            context.load_verify_locations(cafile=path)
        except OSError as error:
            raise _unusable("CA file", path, error) from None
    return context


def _files(folder: Path | None) -> list[Path]:
    """Return all files below a folder: Consul reads each of them, OpenSSL's own `capath` wants hashed names."""
    try:
        files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder else []
    except OSError as error:
        raise _unusable("CA folder", folder, error) from None
    if not files:
        raise ConfigError(f"the CA folder {folder} holds no file", "Put the CA's PEM files into it")
    return files


def _identify(context: ssl.SSLContext, tls: Tls) -> None:
    if tls.cert_file is None and tls.key_file is None:
        return
    if tls.cert_file is None or tls.key_file is None:
        given = tls.cert_file or tls.key_file
        raise ConfigError(f"{given} is only half of a client certificate", "Give cert_file and key_file together")
    try:
        # An encrypted key would make OpenSSL ask on the terminal; an empty password makes it fail instead.
        context.load_cert_chain(tls.cert_file, tls.key_file, password=lambda: "")
    except OSError as error:
        raise _unusable("client certificate", tls.cert_file, error) from None


def _unusable(what: str, path: Path | None, error: OSError) -> ConfigError:
    cause = error.strerror or getattr(error, "reason", "") or "not PEM"
    advice = "Name a readable PEM file; a key may have no password"
    return ConfigError(f"the {what} {path} cannot be used: {cause}", advice)
