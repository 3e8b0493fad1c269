"""A real OPA server as it runs in production: our bundle, signed; TLS, a token, a socket; gone in the middle."""

import gzip
import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from scanner.collect.credentials import TokenFile
from scanner.collect.target import Tls
from scanner.engine_choice import EngineChoice, chosen_engine
from scanner.errors import EngineError
from scanner.evaluate.bundle import bundle
from scanner.evaluate.engine import Engine
from scanner.evaluate.opa import OpaServer
from scanner.evaluate.policies import Policy, PolicySet, shipped_policies
from scanner.evaluate.selftest import check_engine
from scanner.model.result import Verdict
from tests.opa_server import OPA, opa_at, opa_server
from tests.playground.ports import LOOPBACK, PortBlock
from tests.policies.cases import DATA
from tests.scanning import results
from tests.tools.cache import tool
from tests.tools.gate import need_tools
from tests.unit.evaluate.test_verdicts import METADATA, SUBJECT, VIOLATION, errors, judged_beside

pytestmark = pytest.mark.integration

AUTHZ = 'package system.authz\n\ndefault allow := false\n\nallow if input.identity == "secret"\n'
ENDLESS = "count([1 | some i in numbers.range(1, 100000); some j in numbers.range(1, 100000); i == j + 200000]) > 0"


@pytest.fixture(autouse=True, scope="module")
def _tools() -> None:
    need_tools(OPA)


@pytest.fixture
def address() -> Iterator[str]:
    with PortBlock() as ports:
        yield f"{LOOPBACK}:{ports.take()}"


def key(folder: Path, name: str, letter: str) -> Path:
    (folder / name).write_text(letter * 40 + "\n")
    return folder / name


def written(policies: PolicySet, folder: Path, signing_key: Path | None = None) -> Path:
    (folder / "bundle.tar.gz").write_bytes(bundle(policies, signing_key))
    return folder / "bundle.tar.gz"


def signed_with(path: Path) -> Sequence[str]:
    return ("--verification-key", str(path), "--signing-alg", "HS256")


def refused(address: str, *options: str) -> str:
    """Return what a server says that does not start with these options."""
    argv = [str(tool(OPA)), "run", "--server", "--addr", f"http://{address}", *options]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode != 0
    return ended.stdout + ended.stderr


def test_a_signed_bundle_is_taken_and_judges_as_the_embedded_engine(
    policy_set: PolicySet, embedded: Engine, tmp_path: Path
) -> None:
    own = key(tmp_path, "own", "k")
    with opa_server(written(policy_set, tmp_path, own), tmp_path, *signed_with(own)) as url:
        engine = OpaServer(url, policy_set)
        check_engine(engine, policy_set)
        for name in ("healthy-pair.json", "broken-pair.json"):
            snapshot = json.loads((DATA / name).read_text())
            first, second = (results(one, policy_set, snapshot)["scan"]["hashes"] for one in (embedded, engine))
            assert first == second
        engine.close()


@pytest.mark.parametrize(("signed", "verified"), [("k", "x"), (None, "k")])
def test_a_bundle_without_the_right_signature_is_refused(
    policy_set: PolicySet, tmp_path: Path, address: str, signed: str | None, verified: str
) -> None:
    path = written(policy_set, tmp_path, key(tmp_path, "own", signed) if signed else None)
    options = ("--bundle", str(path), *signed_with(key(tmp_path, "other", verified)))

    assert "signature" in refused(address, *options)


def test_a_file_that_was_changed_after_signing_is_refused(policy_set: PolicySet, tmp_path: Path, address: str) -> None:
    own = key(tmp_path, "own", "k")
    path = written(policy_set, tmp_path, own)
    path.write_bytes(
        gzip.compress(gzip.decompress(path.read_bytes()).replace(b"# title: Clusters", b"# title: clusters"))
    )
    options = ("--bundle", str(path), *signed_with(own))

    assert "digest mismatch" in refused(address, *options)


def test_nobody_can_write_into_the_packages_of_the_bundle(policy_set: PolicySet, tmp_path: Path) -> None:
    with opa_server(written(policy_set, tmp_path), tmp_path) as url:
        inside = requests.put(f"{url}/v1/policies/x", data="package compliance.main\n\nx := 1\n", timeout=5)
        data = requests.put(f"{url}/v1/data/compliance/main", json={"verdicts": []}, timeout=5)
        beside = requests.put(f"{url}/v1/policies/x", data="package other\n\nx := 1\n", timeout=5)

        assert (inside.status_code, data.status_code, beside.status_code) == (400, 400, 200)
        OpaServer(url, policy_set).close()


def test_a_foreign_module_in_our_packages_is_seen_however_it_is_spelt(policy_set: PolicySet, tmp_path: Path) -> None:
    folder = tmp_path / "rego"
    subprocess.run(["cp", "-r", shipped_policies(), folder], check=True)
    options = [str(path) for path in sorted(folder.rglob("*.rego"))]
    with PortBlock() as ports:
        url = f"http://{LOOPBACK}:{ports.take()}"
        with opa_at(url, tmp_path, *options):
            OpaServer(url, policy_set).close()
            text = 'package compliance["lib"].subjects # x\n\nof_cluster(_) := {}\n'
            requests.put(f"{url}/v1/policies/evil", data=text, timeout=5).raise_for_status()

            with pytest.raises(EngineError, match="has more in our packages: evil"):
                OpaServer(url, policy_set)


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


@contextmanager
def beside(policy_set: PolicySet, body: str, folder: Path, seconds: float = 60.0) -> Iterator[OpaServer]:
    """Serve our policies and a rule with this body."""
    policies = PolicySet((*policy_set.policies, Policy("bad.rego", METADATA + body)))
    with opa_server(written(policies, folder), folder) as url:
        engine = OpaServer(url, policies, seconds)
        yield engine
        engine.close()


def statuses(found: Sequence[Verdict]) -> dict[str, str]:
    return {verdict.rule: verdict.status for verdict in found}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ("1 / input.nothing > 1", ""),
        ("1 / (count(input.clusters) - 1) > 1", "divide by zero"),
        ('time.parse_rfc3339_ns("yesterday") > 1', "time.parse_rfc3339_ns"),
        ("conflicting(s) == 1", "produced conflicting values"),
        (ENDLESS, "did not answer in 2 s"),
    ],
)
def test_a_bad_rule_is_one_error_and_the_other_rule_is_judged(
    policy_set: PolicySet, tmp_path: Path, change: str, error: str
) -> None:
    helper = "conflicting(s) := n if {\n\ts\n\tsome n in [1, 2]\n}\n\n"
    body = SUBJECT + helper + VIOLATION.replace("false", change)
    with beside(policy_set, body, tmp_path, 2.0) as engine:
        found = judged_beside(policy_set, engine, body)

    assert statuses(found) == {"MGP-701": "pass", "TST-001": "error" if error else "pass"}
    assert error in errors(found).get("TST-001", "")


class _Interrupted(OpaServer):
    """The real one, whose server something happens to before the next answer."""

    happens: Any = None

    def evaluate(self, query: str, document: bytes, policies: Sequence[Policy]) -> Any:
        happens, self.happens = self.happens, None
        if happens:
            happens()
        return super().evaluate(query, document, policies)


def test_a_server_that_is_killed_in_the_middle_makes_errors_and_exit_code_3(
    policy_set: PolicySet, tmp_path: Path, address: str
) -> None:
    snapshot = json.loads((DATA / "healthy-pair.json").read_text())
    with opa_at(f"http://{address}", tmp_path, "--bundle", str(written(policy_set, tmp_path))) as process:
        engine = _Interrupted(f"http://{address}", policy_set)
        engine.happens = process.kill
        found = results(engine, policy_set, snapshot)

    assert {result["status"] for result in found["results"]} == {"error"}
    assert found["summary"]["exit_code"] == 3
    assert "cannot be asked: Connection refused" in found["results"][0]["error"]


def test_a_server_that_is_started_anew_with_other_policies_makes_errors(
    policy_set: PolicySet, tmp_path: Path, address: str
) -> None:
    snapshot = json.loads((DATA / "healthy-pair.json").read_text())
    path = written(policy_set, tmp_path)
    lenient = PolicySet(
        tuple(
            Policy(policy.path, policy.text.replace("fail", "pass")) if policy.package == "compliance.main" else policy
            for policy in policy_set.policies
        )
    )
    with opa_at(f"http://{address}", tmp_path, "--bundle", str(path)) as process:
        engine = _Interrupted(f"http://{address}", policy_set)
        process.kill()
        with opa_at(f"http://{address}", tmp_path, "--bundle", str(written(lenient, tmp_path))):
            found = results(engine, policy_set, snapshot)

    assert {result["status"] for result in found["results"]} == {"error"}
    assert "or has others in their place" in found["results"][0]["error"]


def test_a_server_that_is_started_anew_with_ours_goes_on(policy_set: PolicySet, tmp_path: Path, address: str) -> None:
    snapshot = json.loads((DATA / "healthy-pair.json").read_text())
    path = str(written(policy_set, tmp_path))
    with opa_at(f"http://{address}", tmp_path, "--bundle", path) as process:
        engine = _Interrupted(f"http://{address}", policy_set)
        before = results(engine, policy_set, snapshot)
        process.kill()
    with opa_at(f"http://{address}", tmp_path, "--bundle", path):
        after = results(engine, policy_set, snapshot)

    assert "error" not in {result["status"] for result in before["results"]}
    assert before["scan"]["hashes"] == after["scan"]["hashes"]
