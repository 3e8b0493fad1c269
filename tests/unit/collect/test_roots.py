"""Trust domain and roots, as live Consuls answered and as none should."""

from typing import Any

import pytest

from scanner.collect.certificates import fingerprints
from scanner.collect.fault import CallError
from scanner.collect.roots import PATH, Roots, read_roots
from tests.faults.consul import recorded
from tests.unit.collect.answers import client


@pytest.mark.parametrize("version", ["1.14.8", "1.22.7"])
def test_a_recorded_answer(version: str) -> None:
    answer = recorded(version)[PATH]
    (root,) = answer["Roots"]
    found = read_roots(client({PATH: answer}))[0]
    assert found.trust_domain == answer["TrustDomain"]
    assert found.document["active"] == root["ID"]
    (certificate,) = found.document["certificates"].values()
    assert certificate["fingerprint"] == fingerprints(root["RootCert"], "")[0]
    assert certificate["not_after_ns"] > 2 * 10**18


def test_a_mesh_without_an_authority_yet() -> None:
    empty = {"ActiveRootID": "", "TrustDomain": "", "Roots": None}
    assert read_roots(client({PATH: empty}))[0] == Roots(None, {"active": None, "certificates": {}})


@pytest.mark.parametrize("root", [{"RootCert": ""}, {"RootCert": "secret"}, {"RootCert": 1}])
def test_a_root_that_is_none(root: dict[str, Any]) -> None:
    with pytest.raises(CallError, match="RootCert") as error:
        read_roots(client({PATH: {"Roots": [{"ID": "a", **root}]}}))
    assert error.value.kind == "shape"
    assert "secret" not in str(error.value)
