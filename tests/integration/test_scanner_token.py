"""The scanner's own token on a healthy pair: what it needs is what is shipped, and with less nothing passes unseen."""

import re
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest

from scanner.cli.policy import scanner_policy
from scanner.collect.credentials import TokenFile
from scanner.collect.target import CollectAcl
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.evaluate.verdicts import RuleSet
from scanner.model.document import Json
from scanner.model.rule import Rule
from scanner.pipeline import Judgement
from tests.playground import Playground, broken
from tests.playground.cluster import Cluster
from tests.scanning import snapshot, target

COMMAND = Path(sys.executable).with_name("consul-scan")
PARAMETERS: dict[str, Json] = {"MGP-207": {"allow_loopback": True}}
PATH_PROVEN = "MGP-405"
"""Takes two samples: unknown by nature in a scan of one."""
TOO_NEW = "MGP-104"
"""Fails on a playground whose operators do not accept its Envoy: so its unknown shows."""
DATACENTER = "MGP-502"
OWN = "MGP-701"

CATALOG = {"servers", "agents", "gateways", "services", "acl"}
"""What the lists of nodes and services make; of gateways that were not read no token can be looked for."""
SECTIONS = {"peering": {"peerings"}, "node": CATALOG, "service": CATALOG, "acl": {"acl"}, "agent": set[str]()}
"""What is not read where a grant is missing."""
ALL = frozenset(SECTIONS)

Subject = tuple[str, str, str]


@dataclass(frozen=True)
class Scan:
    """One scan's snapshot and results, by rules that do not accept the playground's Envoy."""

    collected: Json
    results: tuple[Json, ...]

    def having(self, *statuses: str) -> set[Subject]:
        """Return rule, cluster and id of the subject of the results that have one of these statuses."""
        found = [result for result in self.results if result["status"] in statuses]
        return {(one["rule"], one["subject"]["cluster"], one["subject"]["id"]) for one in found}

    def rules(self, *statuses: str) -> set[str]:
        return {rule for rule, _, _ in self.having(*statuses)}

    def of(self, rule: str) -> list[Json]:
        return [result for result in self.results if result["rule"] == rule]


class Scanner:
    """Scans a pair with tokens that have some of the grants of the policy that is shipped."""

    def __init__(self, pair: Playground, engine: Engine, policies: PolicySet) -> None:
        self.pair, self.engine = pair, engine
        self.catalogue = catalogue(policies)
        self.rule_set = RuleSet(self.catalogue, policies, PARAMETERS)

    def scan(self, rules: str | None, acl: CollectAcl = "auto") -> Scan:
        """Scan both clusters with a token that has these rules; None: without a token."""
        targets = [
            replace(target(self.pair, name), token=token(cluster, rules), acl=acl)
            for name, cluster in self.pair.clusters.items()
        ]
        collected = snapshot(targets)
        judged = Judgement(self.engine, self.rule_set, "medium").results(collected, datetime.now(UTC))
        return Scan(collected, tuple(judged["results"]))

    def without(self, *grants: str, acl: CollectAcl = "auto") -> Scan:
        return self.scan(policy_without(grants), acl)

    def needing(self, grants: Iterable[str]) -> set[str]:
        """Return the rules that need a section which is not read without these grants."""
        unread = set(chain.from_iterable(SECTIONS[grant] for grant in grants))
        return {rule.id for rule in self.catalogue if unread & set(rule.needs)}


@pytest.fixture
def scanner(healthy_pair: Playground, embedded: Engine, policy_set: PolicySet) -> Scanner:
    return Scanner(healthy_pair, embedded, policy_set)


def token(cluster: Cluster, rules: str | None) -> TokenFile | None:
    if rules is None:
        return None
    name = f"own-{len(cluster.tokens)}"
    return TokenFile(cluster.create_token(name, rules).file)


def paragraphs() -> dict[str, str]:
    """Return what the policy says by the resource that it is about."""
    found = re.finditer(r"^(\w+?)(_prefix)? .*?(?=\n\n|\Z)", scanner_policy(acl=True), re.MULTILINE | re.DOTALL)
    return {grant[1]: grant[0] for grant in found}


def policy_without(grants: Iterable[str]) -> str:
    assert set(grants) <= ALL == set(paragraphs())
    return "\n".join(text for grant, text in paragraphs().items() if grant not in grants)


def seen(scan: Scan, rule: Rule, result: Json) -> bool:
    """Tell whether all that a rule needs of the clusters of a result was read."""
    subject = result["subject"]
    clusters = {subject["cluster"]} | ({subject["peer"]} if rule.two_sided else set())
    read = [scan.collected["clusters"][cluster]["collection"] for cluster in clusters if cluster]
    return all(collection[section]["status"] == "ok" for collection in read for section in rule.needs)


def assert_not_blind(scanner: Scanner, whole: Scan, less: Scan) -> None:
    """Nothing passes, or does not apply, for not having been seen; nothing fails for it but the rule about it."""
    assert less.having("error") == set()
    assert less.having("pass") <= whole.having("pass") | {one for one in whole.having("fail") if one[0] == OWN}
    assert less.having("not_applicable") <= whole.having("not_applicable")
    assert {one for one in less.having("fail") if one[0] != OWN} <= whole.having("fail")
    rules = {rule.id: rule for rule in scanner.catalogue}
    passed = [result for result in less.results if result["status"] == "pass"]
    assert [result for result in passed if not seen(less, rules[result["rule"]], result)] == []


@pytest.mark.parametrize("acl", [False, True])
def test_consul_takes_the_printed_policy_and_it_is_all_that_a_scan_needs(scanner: Scanner, *, acl: bool) -> None:
    options = ["--acl"] if acl else []
    printed = subprocess.run([COMMAND, "policy", *options], capture_output=True, text=True, check=True).stdout
    name = f"printed-{acl}"
    made = scanner.pair.run_consul("dc1", ["acl", "policy", "create", "-name", name, "-rules", "-"], printed)
    assert made.returncode == 0, made.stderr

    found = scanner.scan(printed)

    assert printed == scanner_policy(acl=acl)
    assert found.rules("unknown") == {PATH_PROVEN} | (set() if acl else scanner.needing(["acl"]))
    assert {result["status"] for result in found.of(OWN)} == {"pass"}


def test_less_than_that_is_less_than_it_needs(scanner: Scanner) -> None:
    assert scanner.needing(["acl"]) >= {f"MGP-60{number}" for number in range(1, 8)}
    assert scanner.needing(["peering"]) >= {"MGP-404", "MGP-406"}


@pytest.mark.parametrize(
    "missing",
    [
        *([grant] for grant in sorted(ALL)),
        ["node", "service"],
        ["peering", "acl"],
        ["agent", "node"],
        sorted(ALL),
    ],
    ids="+".join,
)
def test_without_a_grant_what_needs_it_is_unknown_and_names_it(scanner: Scanner, missing: list[str]) -> None:
    whole = scanner.without()
    started = time.monotonic()
    found = scanner.without(*missing)

    assert time.monotonic() - started < 5, "Consul takes 12 s to refuse peerings: they must not be asked for"
    assert_not_blind(scanner, whole, found)
    assert found.rules("unknown") >= scanner.needing(missing) - {OWN, PATH_PROVEN}
    assert found.rules("unknown") - whole.rules("unknown") <= scanner.needing(missing) | also_unknown(missing)
    # Where nothing is seen, the agent's word would change nothing.
    for grant in set(missing) - ({"agent"} if "peering" in missing else set()):
        assert_named(scanner, found, grant)
    wanted = sorted(f"{grant}:read" for grant in missing if grant not in {"acl", "agent"})
    assert [result["evidence"].get("missing", []) for result in found.of(OWN)] == [wanted] * 2
    assert {result["status"] for result in found.of(OWN)} == {"fail" if wanted else "pass"}


def also_unknown(missing: Iterable[str]) -> set[str]:
    """Return the rules that miss an agent's own word: its list of Envoys; and its datacenter, if no server tells it."""
    if "agent" not in missing:
        return set()
    return {TOO_NEW, DATACENTER} if {"node", "service"} & set(missing) else {TOO_NEW}


def assert_named(scanner: Scanner, found: Scan, grant: str) -> None:
    """What is unknown for want of a grant says so."""
    rules = also_unknown(["agent", "node"]) if grant == "agent" else scanner.needing([grant])
    texts = [one["needed"] for one in found.results if one["status"] == "unknown" and one["rule"] in rules]
    assert any(f"{grant}:read" in text for text in texts)


@pytest.mark.parametrize("acl", ["auto", "always"])
def test_acls_are_missed_only_by_who_wants_them(scanner: Scanner, acl: CollectAcl) -> None:
    found = scanner.without("acl", acl=acl)

    told = {(result["status"], result["message"]) for result in found.of(OWN)}
    if acl == "auto":
        assert {status for status, _ in told} == {"pass"}
    else:
        assert told == {("fail", f"the scanner's token of {name} cannot see acl") for name in ("dc1", "dc2")}
        assert [result["evidence"]["missing"] for result in found.of(OWN)] == [["acl:read"]] * 2
    assert scanner.needing(["acl"]) <= found.rules("unknown")


def test_without_a_token_it_is_the_same_and_says_so(scanner: Scanner) -> None:
    found = scanner.scan(None)

    assert_not_blind(scanner, scanner.without(), found)
    assert found.having("pass") == set()
    assert [result["message"].split(" of dc")[0] for result in found.of(OWN)] == ["a scan without a token"] * 2


@pytest.mark.parametrize(
    ("denial", "wanted"),
    [
        ('service "mesh-gateway" { policy = "deny" }', {"gateways", "agents"}),
        ('service "consul" { policy = "deny" }', {"servers"}),
        ('node_prefix "dc" { policy = "deny" }', {"servers", "gateways", "agents"}),
    ],
)
def test_what_a_denial_cuts_is_unknown(scanner: Scanner, denial: str, wanted: set[str]) -> None:
    found = scanner.scan(scanner_policy(acl=True) + denial)

    assert_not_blind(scanner, scanner.without(), found)
    for result in found.of(OWN):
        assert result["status"] == "fail"
        assert set(result["evidence"]["sections"]) >= wanted
        assert result["evidence"]["missing"] == ["node:read", "service:read"]


@pytest.mark.parametrize("state", ["flag-false", "gateway-killed"])
def test_what_fails_does_not_pass_for_who_sees_less(scanner: Scanner, state: str) -> None:
    with broken(scanner.pair, state):
        whole = scanner.without()
        assert whole.rules("fail") - {TOO_NEW}
        for missing in (["peering"], ["node"], ["service"], ["node", "peering"], sorted(ALL)):
            assert_not_blind(scanner, whole, scanner.without(*missing))


def test_a_token_that_may_write_acls_is_told(scanner: Scanner) -> None:
    found = scanner.scan(scanner_policy() + 'acl = "write"')

    texts = [
        f"the scanner's token of {name} may write ACLs, so Consul would show it secrets" for name in ("dc1", "dc2")
    ]
    assert [(result["status"], result["message"]) for result in found.of(OWN)] == [("fail", text) for text in texts]
