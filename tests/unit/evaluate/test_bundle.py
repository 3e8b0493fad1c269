"""A bundle holds the policies, nothing of where it was made, and a signature that anybody can compute again."""

import base64
import gzip
import hashlib
import hmac
import io
import json
import tarfile
from pathlib import Path

import pytest

from scanner.errors import ConfigError
from scanner.evaluate.bundle import bundle
from scanner.evaluate.policies import Policy, PolicySet

POLICIES = PolicySet((Policy("b/x.rego", "package b.x\n"), Policy("é.rego", "package a # é\n")))
ROOTED = PolicySet((Policy("b/x.rego", "package b.x\n"), Policy("é.rego", "package a\n"), Policy("c", "package b\n")))
KEY = b"0123456789abcdef0123456789abcdef\n"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    (tmp_path / "key").write_bytes(KEY)
    return tmp_path / "key"


def contents(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        return {entry.name: (tar.extractfile(entry) or io.BytesIO()).read() for entry in tar}


def test_it_holds_the_policies_and_names_their_hash_and_roots() -> None:
    files = contents(bundle(ROOTED))

    assert {name: text.decode() for name, text in files.items() if name != ".manifest"} == {
        policy.path: policy.text for policy in ROOTED.policies
    }
    assert json.loads(files[".manifest"]) == {"revision": ROOTED.sha256, "roots": ["a", "b"], "rego_version": 1}


def test_nothing_of_the_machine_is_in_it(key_file: Path) -> None:
    archive = bundle(POLICIES, key_file)

    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        entries = tar.getmembers()
    assert {(e.mtime, e.uid, e.gid, e.uname, e.gname, e.mode) for e in entries} == {(0, 0, 0, "", "", 0o644)}
    assert [entry.name for entry in entries] == sorted(entry.name for entry in entries)
    # No time, no name, no system: RFC 1952.
    assert archive[:4] + archive[4:8] + archive[9:10] == b"\x1f\x8b\x08\x00" + bytes(4) + b"\xff"
    assert gzip.decompress(archive) == gzip.decompress(bundle(POLICIES, key_file))
    assert archive == bundle(POLICIES, key_file)


def test_the_signature_covers_every_file(key_file: Path) -> None:
    files = contents(bundle(POLICIES, key_file))
    (token,) = json.loads(files.pop(".signatures.json"))["signatures"]
    head, payload, signature = token.split(".")

    def decoded(part: str) -> bytes:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    assert json.loads(decoded(head)) == {"alg": "HS256", "typ": "JWT"}
    assert decoded(signature) == hmac.digest(KEY, f"{head}.{payload}".encode(), "sha256")
    assert {entry["name"]: entry["hash"] for entry in json.loads(decoded(payload))["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }


def test_without_a_key_there_is_no_signature() -> None:
    assert ".signatures.json" not in contents(bundle(POLICIES))


@pytest.mark.parametrize(("content", "reason"), [(KEY[:31], "fewer than 32 bytes"), (None, "No such file")])
def test_a_key_that_is_none_is_refused(tmp_path: Path, content: bytes | None, reason: str) -> None:
    if content is not None:
        (tmp_path / "short").write_bytes(content)

    with pytest.raises(ConfigError, match=reason) as refused:
        bundle(POLICIES, tmp_path / "short")

    assert "0123" not in str(refused.value)
