"""One token set: what Consul answers beside what the scanner answers, by each of its ways to know the set."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scanner.acl.authorizer import Authorizer
from scanner.acl.effective import Directory, StoredPolicy, effective
from scanner.acl.expanded import expanded_directory
from scanner.acl.policy import parse_policy
from scanner.acl.rules import Policy
from scanner.acl.tokens import read_role, read_token
from tests.acl_parity.questions import Question, make_questions
from tests.acl_parity.server import Server
from tests.acl_parity.tokensets import TokenSet
from tests.playground.endpoint import Json

QUESTIONS_PER_SET = 192
"""At most: some are chosen twice and asked once."""


@dataclass(frozen=True)
class Comparison:
    """How many questions a set was asked, and what Consul answers otherwise, in words."""

    asked: int
    mismatches: tuple[str, ...]


def compare(server: Server, seed: str, tokens: TokenSet) -> Comparison:
    """Create the set and put every question to Consul and to both of our ways."""
    token = server.create(tokens)
    ways = {"from lists": from_lists(server, tokens, token), "expanded": from_expanded(server, token)}
    questions = make_questions(seed, tokens, QUESTIONS_PER_SET)
    theirs = dict(zip(questions, server.authorize(token["SecretID"], questions), strict=True))
    found = [*wrong_answers(theirs, ways), *wrong_sums(server, token["SecretID"], ways)]
    repeat = f"ACL_PARITY_SEED={seed}, set {tokens.number} on default {server.datacenter}"
    return Comparison(len(questions) + 2, tuple(f"{repeat}: {mismatch}\n  {tokens}" for mismatch in found))


def wrong_answers(theirs: Mapping[Question, bool], ways: Mapping[str, Authorizer]) -> Iterator[str]:
    for question, answer in theirs.items():
        for way, may in ways.items():
            ours = may.decide(question.resource, question.segment, question.access)
            if ours.allowed != answer:
                yield f"{question}: Consul says {answer}, we ({way}) {ours}"


def wrong_sums(server: Server, secret: str, ways: Mapping[str, Authorizer]) -> Iterator[str]:
    """Compare what stands for all names at once."""
    reads, writes = server.reads_all(secret), server.writes_any_service(secret)
    for way, may in ways.items():
        if (may.reads_all("node") and may.reads_all("service")) != reads:
            yield f"reads all nodes and services: Consul says {reads}, we ({way}) do not"
        if (may.writes_any("service") or may.allow("mesh", "", "read")) != writes:
            yield f"writes some service, or reads the mesh: Consul says {writes}, we ({way}) do not"


def from_lists(server: Server, tokens: TokenSet, token: Json) -> Authorizer:
    """Resolve from policies and roles by id. What the texts mean is what they were made from: no reader takes part."""
    policies = [server.api("GET", f"/v1/acl/policy/name/{name}") for name in tokens.rules]
    roles = [server.api("GET", f"/v1/acl/role/name/{role['Name']}") for role in tokens.roles]
    stored = [
        StoredPolicy(one["ID"], one["Name"], tuple(one.get("Datacenters") or ()), Policy(tokens.rules[one["Name"]], ()))
        for one in policies
    ]
    return resolved(
        token,
        Directory(
            datacenter=server.datacenter,
            default="allow" if server.datacenter == "allow" else "deny",
            policies={one.id: one for one in stored},
            roles={one["ID"]: read_role(one) for one in roles},
        ),
    )


def from_expanded(server: Server, token: Json) -> Authorizer:
    """Resolve from the one answer that holds everything, its texts read by our reader."""
    document = server.api("GET", f"/v1/acl/token/{token['AccessorID']}?expanded=true")
    return resolved(document, expanded_directory(document, server.datacenter, parse_policy))


def resolved(token: Json, directory: Directory) -> Authorizer:
    counting = effective(read_token(token), directory, now_ns=0)
    assert counting.unread == ()
    return counting.authorizer(directory.default)
