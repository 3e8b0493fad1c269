"""Certificates for tests: made when they are needed, worth nothing elsewhere."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

_NO_PASSWORD = NoEncryption()


@dataclass(frozen=True)
class Pair:
    """The files of a certificate and its key."""

    cert: Path
    key: Path


class Authority:
    """A CA whose certificate is `folder/NAME-ca.pem`."""

    def __init__(self, folder: Path, name: str = "test") -> None:
        """Make its key and its own certificate."""
        self._folder = folder
        self._name = name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.file = folder / f"{name}-ca.pem"
        self.file.write_bytes(self._signed(f"{name} CA", self._key, x509.BasicConstraints(ca=True, path_length=None)))

    def issue(self, name: str, *sans: str, password: str = "") -> Pair:
        """Sign a certificate for DNS names and IP addresses, and write it to `folder/NAME.pem` and `NAME-key.pem`."""
        key = ec.generate_private_key(ec.SECP256R1())
        pair = Pair(self._folder / f"{name}.pem", self._folder / f"{name}-key.pem")
        names = [_general_name(san) for san in sans]
        pair.cert.write_bytes(self._signed(name, key, *([x509.SubjectAlternativeName(names)] if names else [])))
        hidden: KeySerializationEncryption = BestAvailableEncryption(password.encode()) if password else _NO_PASSWORD
        pair.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden))
        return pair

    def _signed(self, name: str, key: ec.EllipticCurvePrivateKey, *extensions: x509.ExtensionType) -> bytes:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(
            issuer_name=_named(f"{self._name} CA"),
            subject_name=_named(name),
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - timedelta(hours=1),
            not_valid_after=now + timedelta(hours=1),
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general_name(san: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(san))
    except ValueError:
        return x509.DNSName(san)
