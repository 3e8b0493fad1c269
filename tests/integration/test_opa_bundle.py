"""A real OPA server with the bundle that `consul-scan bundle` writes: signed, and closed to others."""

import gzip
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import requests

from scanner.errors import EngineError
from scanner.evaluate.engine import Engine
from scanner.evaluate.opa import OpaServer
from scanner.evaluate.policies import PolicySet, shipped_policies
from scanner.evaluate.selftest import check_engine
from tests.integration.bundles import written
from tests.opa_server import OPA, opa, opa_at, opa_server
from tests.playground.ports import LOOPBACK, PortBlock
from tests.policies.cases import DATA
from tests.scanning import results
from tests.tools.cache import tool
from tests.tools.gate import need_tools


@pytest.fixture(autouse=True, scope="module")
def _tools() -> None:
    need_tools(OPA)


def key(folder: Path, name: str, letter: str) -> Path:
    (folder / name).write_text(letter * 40 + "\n")
    return folder / name


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


def test_a_bundle_that_opa_signed_with_a_pair_of_keys_is_still_ours(policy_set: PolicySet, tmp_path: Path) -> None:
    private, public, signed = tmp_path / "private.pem", tmp_path / "public.pem", tmp_path / "signed.tar.gz"
    subprocess.run(["openssl", "genrsa", "-out", private, "2048"], check=True, capture_output=True)
    subprocess.run(["openssl", "rsa", "-in", private, "-pubout", "-out", public], check=True, capture_output=True)
    rs256 = ("--signing-alg", "RS256")
    made = opa(
        *("build", "--bundle", str(written(policy_set, tmp_path)), "--output", str(signed)),
        *("--signing-key", str(private), *rs256),
    )

    assert made.returncode == 0, made.stderr
    with opa_server(signed, tmp_path, "--verification-key", str(public), *rs256) as url:
        OpaServer(url, policy_set).close()
        revisions = requests.get(f"{url}/v1/data/x?provenance=true", timeout=5).json()["provenance"]["bundles"]
    assert [one["revision"] for one in revisions.values()] == [policy_set.sha256]


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
