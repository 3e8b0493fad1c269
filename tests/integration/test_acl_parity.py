"""What the scanner says that a token may do is what Consul says: each answer compared.

ACL_PARITY_SEED repeats a run or makes another one, ACL_PARITY_SETS a longer one; a mismatch names seed and set.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from scanner.acl.candidates import candidates
from scanner.acl.effective import Directory, texts_needed
from scanner.acl.expanded import stored_policy
from scanner.acl.policy import parse_policy
from scanner.acl.rules import Policy
from scanner.acl.templates import NAMELESS, NODE, SERVICE, synthetic
from scanner.acl.tokens import Token, read_role, read_token
from tests.acl_parity.comparison import QUESTIONS_PER_SET, compare, from_expanded
from tests.acl_parity.questions import Question
from tests.acl_parity.server import Server, running_server
from tests.acl_parity.tokensets import NAMED, make_token_set
from tests.playground import CONSUL
from tests.playground.endpoint import Json
from tests.tools.gate import need_tools

SEED = os.environ.get("ACL_PARITY_SEED", "consul-scan")
SETS = int(os.environ.get("ACL_PARITY_SETS", "600"))


@pytest.fixture(scope="module", params=["deny", "allow"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with either default policy."""
    need_tools(f"consul-{CONSUL}")
    with running_server(request.param, tmp_path_factory.mktemp(request.param)) as running:
        yield running


def test_every_answer_is_consuls(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    compared = [compare(server, SEED, make_token_set(SEED, number, server.datacenter)) for number in range(SETS)]
    asked = sum(one.asked for one in compared)
    mismatches = [mismatch for one in compared for mismatch in one.mismatches]
    with capsys.disabled():
        sys.stdout.write(
            f"\nACL parity, default {server.datacenter}: {asked} questions, {len(mismatches)} mismatches\n"
        )
    assert mismatches == [], "\n".join(mismatches[:3])
    assert asked > SETS * QUESTIONS_PER_SET * 0.8


def listed(server: Server, now_ns: int) -> tuple[list[Token], Directory]:
    """What collecting can know with three lists, and the texts of the policies that decide about some token."""
    tokens = [read_token(one) for one in server.api("GET", "/v1/acl/tokens")]
    stubs = [stored_policy(one, parse_policy) for one in server.api("GET", "/v1/acl/policies")]
    roles = [read_role(one) for one in server.api("GET", "/v1/acl/roles")]
    known = Directory(
        datacenter=server.datacenter,
        default="allow" if server.datacenter == "allow" else "deny",
        policies={one.id: one for one in stubs},
        roles={one.id: one for one in roles},
    )
    texts = [server.api("GET", f"/v1/acl/policy/{needed}") for needed in texts_needed(tokens, known, now_ns)]
    read = {one["ID"]: stored_policy(one, parse_policy) for one in texts}
    return tokens, replace(known, policies={**known.policies, **read})


def test_the_candidates_among_all_listed_tokens_are_those_whom_consul_lets_write(server: Server) -> None:
    sets = [make_token_set(SEED, number, server.datacenter) for number in range(10_000, 10_060)]
    secrets = {token["AccessorID"]: token["SecretID"] for token in map(server.create, sets)}
    tokens, known = listed(server, now_ns=0)
    found = candidates([token for token in tokens if token.accessor in secrets], "web", known, now_ns=0)
    asked = [Question("service", "web", "write"), Question("acl", "", "write")]
    theirs = {accessor for accessor, secret in secrets.items() if server.authorize(secret, asked) == [True, False]}
    assert {one.token.accessor for one in found.known} == theirs
    assert found.undecided == ()
    assert theirs


def meaning(policy: Policy) -> frozenset[tuple[str, ...]]:
    return frozenset((rule.resource, rule.match, rule.segment, rule.level) for rule in policy.rules)


def test_templates_and_identities_make_the_policies_that_consul_makes(server: Server) -> None:
    named = list(product(NAMED, ("a", "b_c-9")))
    uses: list[Json] = [{"TemplateName": template, "TemplateVariables": {"Name": name}} for template, name in named]
    uses += [{"TemplateName": template} for template in sorted(NAMELESS)]
    identities = {"ServiceIdentities": [{"ServiceName": "s"}], "NodeIdentities": [{"NodeName": "n", "Datacenter": "x"}]}
    created = server.api("PUT", "/v1/acl/token", {"TemplatedPolicies": uses, **identities})
    expanded = server.api("GET", f"/v1/acl/token/{created['AccessorID']}?expanded=true")
    theirs = [meaning(parse_policy(policy["Rules"])) for policy in expanded["ExpandedPolicies"]]
    made = [(SERVICE, "s"), (NODE, "n"), *named, *((template, "") for template in NAMELESS)]
    ours = [synthetic(template, name) for template, name in made]
    assert len(theirs) == len(ours)
    assert set(theirs) == {meaning(one.policy) for one in ours if one}


def create_policy(server: Server, name: str) -> Json:
    return server.api("PUT", "/v1/acl/policy", {"Name": name, "Rules": 'service "shared" { policy = "read" }'})


def token_with(server: Server, *policies: Json) -> Json:
    return server.api("PUT", "/v1/acl/token", {"Policies": [{"ID": policy["ID"]} for policy in policies]})


@pytest.mark.parametrize("other_token_was_asked", [False, True])
def test_a_policy_grants_more_than_it_says_once_another_token_mixed_it(
    server: Server, *, other_token_was_asked: bool
) -> None:
    """A fault of Consul 1.22.7: it merges service rules into the policies that it keeps parsed (acl/policy_merger.go).

    So what a token gets depends on which other tokens with the same policy were asked before, and nobody who reads
    policies can see that. The token sets of the first test share nothing, and this is why.
    """
    question = Question("service", "shared", "write")
    created = [create_policy(server, f"shared-{other_token_was_asked}-{number}") for number in range(2)]
    reading, writing = sorted(created, key=lambda policy: str(policy["ID"]))
    server.api("PUT", f"/v1/acl/policy/{writing['ID']}", writing | {"Rules": writing["Rules"].replace("read", "write")})
    mixed, only = token_with(server, reading, writing), token_with(server, reading)
    if other_token_was_asked:
        assert server.authorize(mixed["SecretID"], [question]) == [True]
    assert server.authorize(only["SecretID"], [question]) == [other_token_was_asked]
    assert not from_expanded(server, only).allow("service", "shared", "write")
