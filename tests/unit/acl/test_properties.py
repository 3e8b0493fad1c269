"""What holds of every token, whatever its rules are."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from scanner.acl.authorizer import Authorizer, Default, authorizer
from scanner.acl.levels import Access
from scanner.acl.merge import NamedPolicy
from scanner.acl.rules import Policy, Rule
from scanner.hcl.position import Position

NAMES = st.text(alphabet="aAb-é", max_size=4)
LEVELS = ("deny", "read", "write")
ACCESSES: tuple[Access, Access] = ("read", "write")
DEFAULTS: tuple[Default, Default] = ("deny", "allow")


def rules(*levels: str) -> st.SearchStrategy[Rule]:
    return st.builds(
        Rule,
        resource=st.just("service"),
        match=st.sampled_from(["exact", "prefix"]),
        segment=NAMES,
        level=st.sampled_from(levels),
        intentions=st.none() | st.sampled_from(levels),
        at=st.just(Position(1, 1)),
    )


def policies(*levels: str) -> st.SearchStrategy[list[NamedPolicy]]:
    said = st.lists(rules(*levels), max_size=5).map(lambda some: Policy(tuple(some), ()))
    return st.lists(st.builds(NamedPolicy, id=st.uuids().map(str), name=st.just("p"), policy=said), max_size=4)


def answers(may: Authorizer, name: str) -> list[bool]:
    return [may.allow(resource, name, access) for resource in ("service", "intention") for access in ACCESSES]


@given(policies(*LEVELS), st.randoms(use_true_random=False), NAMES)
def test_the_order_of_policies_matters_only_to_levels_not_in_lower_case(
    some: list[NamedPolicy], random: Random, name: str
) -> None:
    shuffled = random.sample(some, len(some))
    assert answers(authorizer(some, "deny"), name) == answers(authorizer(shuffled, "deny"), name)


@given(policies(*LEVELS, "Read", "DENY"), NAMES)
def test_the_rule_that_decides_is_one_of_the_tokens_and_speaks_of_the_name(some: list[NamedPolicy], name: str) -> None:
    decision = authorizer(some, "deny").decide("service", name, "read")
    if decision.grant is None:
        assert not decision.allowed
        return
    rule = decision.grant.rule
    assert rule in [said for one in some for said in one.policy.rules]
    assert rule.segment == name if rule.match == "exact" else name.startswith(rule.segment)


@given(policies(*LEVELS), NAMES)
def test_who_reads_all_reads_each_and_who_writes_none_writes_no_name(some: list[NamedPolicy], name: str) -> None:
    may = authorizer(some, "deny")
    assert may.allow("service", name, "read") or not may.reads_all("service")
    assert may.writes_any("service") or not may.allow("service", name, "write")


@given(policies(*LEVELS), NAMES)
def test_a_deny_of_the_very_name_ends_it(some: list[NamedPolicy], name: str) -> None:
    deny = Rule("service", "exact", name, "deny", None, Position(1, 1))
    may = authorizer([*some, NamedPolicy("deny", "deny", Policy((deny,), ()))], "allow")
    assert not may.allow("service", name, "read")
    assert not may.reads_all("service")


@given(policies(*LEVELS), NAMES)
def test_default_allow_takes_nothing_away(some: list[NamedPolicy], name: str) -> None:
    under_deny, under_allow = (answers(authorizer(some, default), name) for default in DEFAULTS)
    assert all(more or not less for less, more in zip(under_deny, under_allow, strict=True))
