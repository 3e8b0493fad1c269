"""Policies as an OPA bundle: one archive that a server loads whole, the same bytes from the same policies."""

import gzip
import io
import json
import tarfile
from pathlib import Path

from scanner.evaluate.policies import PolicySet
from scanner.evaluate.signature import signatures
from scanner.model.document import canonical_bytes

_MANIFEST = ".manifest"
_SIGNATURES = ".signatures.json"
_MODE = 0o644


def bundle(policies: PolicySet, signing_key: Path | None = None) -> bytes:
    """Return the bundle (tar, gzip) of some policies.

    Its manifest names the hash of the policies as revision, and the first names of their packages as roots: the server
    lets nobody else write there. Nothing of the machine, the user or the time is in it.

    Args:
        policies: what it holds.
        signing_key: the file of an HMAC secret that signs it (see `signatures`); None: it is not signed.

    Raises:
        ConfigError: the key cannot be used.
    """
    manifest = {"revision": policies.sha256, "roots": list(policies.roots), "rego_version": 1}
    files = {_MANIFEST: canonical_bytes(manifest)}
    files |= {policy.path: policy.text.encode() for policy in policies.policies}
    if signing_key is not None:
        files[_SIGNATURES] = json.dumps(signatures(files, signing_key)).encode()
    return _compressed(_archive(files))


def _compressed(content: bytes) -> bytes:
    # `gzip.compress` leaves the header to zlib, which writes the system's name into it.
    compressed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=compressed, mtime=0) as file:
        file.write(content)
    return compressed.getvalue()


def _archive(files: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(files):
            tar.addfile(_entry(name, len(files[name])), io.BytesIO(files[name]))
    return archive.getvalue()


def _entry(name: str, size: int) -> tarfile.TarInfo:
    # A fresh entry has time 0 and the user 0 without a name.
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, _MODE
    return entry
