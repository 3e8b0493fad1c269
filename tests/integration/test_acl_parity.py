"""What the scanner says that a token may do is what Consul says: each answer compared.

ACL_PARITY_SEED repeats a run, ACL_PARITY_SETS makes it longer. A mismatch names both.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.acl.authorizer import Authorizer
from scanner.acl.effective import Directory, StoredPolicy, effective
from scanner.acl.rules import Policy
from scanner.acl.tokens import read_role, read_token
from tests.acl_parity.questions import Question, make_questions
from tests.acl_parity.server import Server, running_server
from tests.acl_parity.tokensets import TokenSet, make_token_set
from tests.playground import CONSUL
from tests.tools.gate import need_tools

SEED = os.environ.get("ACL_PARITY_SEED", "consul-scan")
SETS = int(os.environ.get("ACL_PARITY_SETS", "300"))
QUESTIONS_PER_SET = 192


@pytest.fixture(params=["deny", "allow"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    need_tools(f"consul-{CONSUL}")
    with running_server(request.param, tmp_path) as running:
        yield running


def directory(server: Server, tokens: TokenSet) -> Directory:
    """What collecting would know of the set: Consul's own documents, and the rules that the texts were made from."""
    policies = [server.api("GET", f"/v1/acl/policy/name/{name}") for name in tokens.rules]
    roles = [server.api("GET", f"/v1/acl/role/name/{role['Name']}") for role in tokens.roles]
    stored = [
        StoredPolicy(one["ID"], one["Name"], tuple(one.get("Datacenters") or ()), Policy(tokens.rules[one["Name"]], ()))
        for one in policies
    ]
    default = server.datacenter
    assert default in {"allow", "deny"}
    return Directory(
        server.datacenter,
        "allow" if default == "allow" else "deny",
        {one.id: one for one in stored},
        {one["ID"]: read_role(one) for one in roles},
    )


def resolved(server: Server, tokens: TokenSet, token: dict[str, Any]) -> Authorizer:
    known = directory(server, tokens)
    counting = effective(read_token(token), known, now_ns=0)
    assert counting.unread == ()
    return counting.authorizer(known.default)


def told(tokens: TokenSet, question: Question, may: Authorizer, theirs: bool) -> str:
    ours = may.decide(question.resource, question.segment, question.access)
    repeat = f"ACL_PARITY_SEED={SEED} set {tokens.number}"
    return f"{repeat}: {question}: Consul says {theirs}, we say {ours}\n  {tokens}"


def test_every_answer_is_consuls(server: Server, record_property: Any) -> None:
    asked, mismatches = 0, []
    for number in range(SETS):
        tokens = make_token_set(SEED, number, server.datacenter)
        token = server.create(tokens)
        may = resolved(server, tokens, token)
        questions = make_questions(SEED, tokens, QUESTIONS_PER_SET)
        answers = server.authorize(token["SecretID"], questions)
        asked += len(questions)
        for question, theirs in zip(questions, answers, strict=True):
            if may.allow(question.resource, question.segment, question.access) != theirs:
                mismatches.append(told(tokens, question, may, theirs))
        both = may.reads_all("node") and may.reads_all("service")
        if both != server.reads_all(token["SecretID"]):
            mismatches.append(f"{SEED} {number} reads all: we {both} {tokens}")
        some = may.writes_any("service") or may.allow("mesh", "", "read")
        if some != server.writes_any_service(token["SecretID"]):
            mismatches.append(f"{SEED} {number} writes any: we {some} {tokens}")
    print(f"\nACL parity, default {server.datacenter}: {asked} questions, {len(mismatches)} mismatches")
    assert mismatches == [], "\n".join(mismatches[:5])
