"""A real OPA server behind TLS and a token, and on a socket."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scanner.collect.credentials import TokenFile
from scanner.collect.target import Tls
from scanner.engine_choice import EngineChoice, chosen_engine
from scanner.errors import EngineError
from scanner.evaluate.policies import PolicySet
from scanner.evaluate.selftest import check_engine
from tests.integration.bundles import written
from tests.opa_server import OPA, opa_at
from tests.playground.ports import LOOPBACK
from tests.tools.gate import need_tools

AUTHZ = 'package system.authz\n\ndefault allow := false\n\nallow if input.identity == "secret"\n'


@pytest.fixture(autouse=True, scope="module")
def _tools() -> None:
    need_tools(OPA)


@contextmanager
def guarded(policies: PolicySet, folder: Path, address: str) -> Iterator[tuple[str, Path]]:
    """Serve over TLS to who has the token; yields the address and the CA."""
    guard = folder / "authz"
    guard.mkdir()
    (guard / "authz.rego").write_text(AUTHZ)
    (guard / ".manifest").write_text('{"roots": ["system"]}')
    pem, private = certificate(folder, "opa")
    bundles = ("--bundle", str(written(policies, folder)), str(guard))
    tls = ("--tls-cert-file", str(pem), "--tls-private-key-file", str(private))
    url = f"https://{address}"
    with opa_at(url, folder, "--authentication=token", "--authorization=basic", *tls, *bundles):
        yield url, pem


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    pem, private = folder / f"{name}.pem", folder / f"{name}.key"
    subject = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{LOOPBACK}"]
    argv = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*argv, "-keyout", private, "-out", pem], check=True, capture_output=True)
    return pem, private


def test_tls_is_verified_and_the_token_lets_in(
    policy_set: PolicySet, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = TokenFile(tmp_path / "token")
    token.path.write_text("secret\n")
    with guarded(policy_set, tmp_path, address) as (url, ca):
        stranger, _ = certificate(tmp_path, "stranger")
        # What `requests` alone would follow: the right CA there must not help, nor a wrong one hurt.
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca))
        for tls in (Tls(ca_file=stranger), Tls()):
            with pytest.raises(EngineError, match=r"certificate verify failed.*engine\.ca_file"):
                chosen_engine(policy_set, EngineChoice("opa", url, token, tls), None, None)

        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(stranger))
        with pytest.raises(EngineError, match=r"refused with 401.*engine\.token_file"):
            chosen_engine(policy_set, EngineChoice("opa", url, None, Tls(ca_file=ca)), None, None)

        engine = chosen_engine(policy_set, EngineChoice("opa", url, token, Tls(ca_file=ca)), None, None)
        check_engine(engine, policy_set)
        token.path.write_text("revoked\n")
        with pytest.raises(EngineError, match="refused with 401"):
            engine.evaluate("compliance.selftest.answers", b"{}", ())
        engine.close()


def test_a_socket_in_the_file_system(policy_set: PolicySet, tmp_path: Path) -> None:
    url = f"unix://{tmp_path}/opa.sock"
    with opa_at(url, tmp_path, "--bundle", str(written(policy_set, tmp_path))):
        engine = chosen_engine(policy_set, EngineChoice("auto", url), None, None)
        check_engine(engine, policy_set)
        engine.close()
