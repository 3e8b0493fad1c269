"""A real OPA server with a bad rule, killed, or started anew in the middle: errors, never a pass and no lost scan."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scanner.evaluate.opa import OpaServer
from scanner.evaluate.policies import Policy, PolicySet
from scanner.model.result import Verdict
from tests.integration.bundles import written
from tests.opa_server import OPA, opa_at, opa_server
from tests.policies.cases import DATA
from tests.scanning import results
from tests.tools.gate import need_tools
from tests.unit.evaluate.test_verdicts import METADATA, SUBJECT, VIOLATION, errors, judged_beside

ENDLESS = "count([1 | some i in numbers.range(1, 100000); some j in numbers.range(1, 100000); i == j + 200000]) > 0"


@pytest.fixture(autouse=True, scope="module")
def _tools() -> None:
    need_tools(OPA)


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


def test_a_rule_that_nobody_asks_for_is_not_evaluated(policy_set: PolicySet, tmp_path: Path) -> None:
    body = SUBJECT + VIOLATION.replace("false", ENDLESS)
    with beside(policy_set, body, tmp_path, 2.0) as engine:
        found = judged_beside(policy_set, engine, body, "MGP-701")

    assert statuses(found) == {"MGP-701": "pass"}


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
