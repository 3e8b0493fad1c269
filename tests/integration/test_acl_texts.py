"""Consul and we agree on which texts are policies, and on what a token with each of them may do."""

import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product

import pytest
import requests

from scanner.acl.authorizer import NAMED, SCALARS, authorizer
from scanner.acl.levels import Access
from scanner.acl.merge import NamedPolicy
from scanner.acl.policy import parse_policy
from scanner.errors import HclError
from tests.acl_texts import corpus, mutations
from tests.playground import OLD_CONSUL, Cluster, ClusterSpec, Playground, PlaygroundSpec

ACCESSES: tuple[Access, ...] = ("read", "write")
ANSWERED = 200
AT_ONCE = 64
NAMES = re.compile(r"[^\W\d][\w.-]*")
BAD_ESCAPE = re.compile(r"\\[4-7]\d\d")
MUTATIONS = 2000


@dataclass(frozen=True)
class Question:
    """What is asked of Consul's authorize and of our resolver."""

    resource: str
    segment: str
    access: Access


@pytest.fixture(scope="module")
def lone(playgrounds: type[Playground]) -> Iterator[Cluster]:
    """One server with ACLs, no gateway."""
    with playgrounds(PlaygroundSpec((ClusterSpec("dc1", mesh_entry=False, gateways=0),))) as playground:
        yield playground.clusters["dc1"]


@pytest.fixture(scope="module")
def old(playgrounds: type[Playground]) -> Iterator[Cluster]:
    """The same with an old Consul, which takes as new texts what a new one reads of stored texts only."""
    spec = ClusterSpec("old", servers=(OLD_CONSUL,), mesh_entry=False, gateways=0)
    with playgrounds(PlaygroundSpec((spec,))) as playground:
        yield playground.clusters["old"]


def test_known_texts_are_what_the_corpus_says(lone: Cluster) -> None:
    known = corpus()
    assert len(known) > 300
    with ThreadPoolExecutor(4) as threads:
        accepted = list(threads.map(lambda one: _write(lone, one.text) is not None, known))
    assert [
        one.text for one, is_policy in zip(known, accepted, strict=True) if is_policy != (one.says is not None)
    ] == []


def test_accepts_what_consul_accepts_and_takes_it_as_consul_does(lone: Cluster) -> None:
    texts = [*(one.text for one in corpus()), *mutations(seed=5, count=MUTATIONS)]
    _check_agreement(lone, texts, strict=True)


def test_reads_stored_texts_as_an_old_consul_took_them(old: Cluster) -> None:
    texts = [*(one.text for one in corpus()), *mutations(seed=9, count=MUTATIONS)]
    # It does not know identity rules, and decodes fewer keys that nobody needs: there we refuse more than it does.
    known = [text for text in texts if "identity" not in text.lower() and not BAD_ESCAPE.search(text)]
    _check_agreement(old, known, strict=False)


def _check_agreement(cluster: Cluster, texts: list[str], *, strict: bool) -> None:
    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(lambda text: _disagreements(cluster, text, strict=strict), texts))
    assert [told for outcome in outcomes for told in outcome.told] == []
    asked = [outcome.asked for outcome in outcomes if outcome.asked]
    assert len(asked) > 400, "most texts were refused: the test shows little"
    assert sum(asked) > 30_000


@dataclass(frozen=True)
class Outcome:
    """How many questions were put about a text, and what came out different."""

    asked: int
    told: tuple[str, ...]


def _disagreements(cluster: Cluster, text: str, *, strict: bool) -> Outcome:
    written = _write(cluster, text)
    try:
        policy = parse_policy(text, strict=strict)
    except HclError as error:
        return Outcome(0, () if written is None else (f"{text!r}: Consul accepts it, we do not: {error}",))
    if written is None:
        return Outcome(0, (f"{text!r}: Consul refuses it, we do not",))
    questions = _questions(text, [rule.segment for rule in policy.rules])
    ours = authorizer([NamedPolicy("id", "name", policy)], "deny")
    theirs = _answers(cluster, written, questions)
    different = [one for one in questions if ours.allow(one.resource, one.segment, one.access) != theirs[one]]
    return Outcome(len(questions), tuple(f"{text!r}: {one}: Consul says {theirs[one]}" for one in different))


def _write(cluster: Cluster, text: str) -> str | None:
    """Create a policy and give its name, or None where Consul refuses the text."""
    name = f"text-{uuid.uuid4()}"
    try:
        answer = cluster.request("PUT", "/v1/acl/policy", {"Name": name, "Rules": text})
    except requests.ConnectionError:
        # A bad escape in a name lets Consul's handler panic; the server closes the connection and lives on.
        return None
    return name if answer.status_code == ANSWERED else None


def _questions(text: str, segments: list[str]) -> list[Question]:
    """Ask about what the rules name and about all else that looks like a name, so that no rule escapes unread."""
    names = sorted({"", *NAMES.findall(text)[:8], *segments[:8], *(f"{segment}x" for segment in segments[:4])})
    named = [Question(*one) for one in product(sorted(NAMED), names, ACCESSES)]
    scalar = [Question(resource, "", access) for resource, access in product(sorted(SCALARS), ACCESSES)]
    return [*named, *scalar, *(Question("key", name, "list") for name in names)]


def _answers(cluster: Cluster, policy: str, questions: list[Question]) -> dict[Question, bool]:
    secret = cluster.api("PUT", "/v1/acl/token", {"Policies": [{"Name": policy}]})["SecretID"]
    answers: dict[Question, bool] = {}
    for start in range(0, len(questions), AT_ONCE):
        batch = questions[start : start + AT_ONCE]
        body = [{"Resource": one.resource, "Segment": one.segment, "Access": one.access} for one in batch]
        given = cluster.api("POST", "/v1/internal/acl/authorize", body, token=secret)
        answers |= {one: answer["Allow"] for one, answer in zip(batch, given, strict=True)}
    return answers
