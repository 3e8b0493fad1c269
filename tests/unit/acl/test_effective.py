"""Which policies count for a token, and what is said of those that are not known."""

import pytest

from scanner.acl.effective import Effective, StoredPolicy, effective, texts_needed
from scanner.acl.policy import parse_policy
from tests.unit.acl.clusters import ELSEWHERE, LOCAL, directory, links, policy, role, token

SECOND = 10**9
READ, WRITE = 'service "web" { policy = "read" }', 'service "web" { policy = "write" }'


def names(counting: Effective) -> list[str]:
    return [one.name for one in counting.policies]


def test_policies_of_the_token_and_its_roles_count_once_ordered_by_id() -> None:
    known = directory(*(policy(name, READ) for name in "fedcba"), role("r", Policies=links("b", "f", "a", "d")))
    counting = effective(token(Policies=links("e", "b", "c"), Roles=links("r")), known, 0)
    assert names(counting) == list("abcdef")
    assert counting.unread == ()


def test_levels_that_merge_cannot_rank_go_by_the_order_of_ids() -> None:
    known = directory(policy("b", 'node "n" { policy = "Write" }'), policy("a", 'node "n" { policy = "Read" }'))
    may = effective(token(Policies=links("b", "a")), known, 0).authorizer("deny")
    assert may.allow("node", "n", "read")
    assert not may.allow("node", "n", "write")


@pytest.mark.parametrize(
    ("datacenters", "counts"), [((), True), ((LOCAL,), True), ((ELSEWHERE,), False), ((ELSEWHERE, LOCAL), True)]
)
def test_what_is_limited_to_other_datacenters_is_dropped(datacenters: tuple[str, ...], *, counts: bool) -> None:
    known = directory(policy("p", READ, *datacenters))
    assert names(effective(token(Policies=links("p")), known, 0)) == ["p"] * counts
    identity = {"ServiceName": "web", "Datacenters": list(datacenters)}
    assert names(effective(token(ServiceIdentities=[identity]), known, 0)) == ["builtin/service web"] * counts


def test_a_text_that_is_not_known_is_reported_unless_it_cannot_count() -> None:
    known = directory(policy("here", None), policy("there", None, ELSEWHERE), role("r", Policies=links("gone")))
    counting = effective(token(Policies=links("here", "there"), Roles=links("r", "s")), known, 0)
    assert counting.unread == ("role s", "policy gone", "policy here")
    assert counting.policies == ()


def test_what_only_enterprise_understands_is_reported() -> None:
    text = 'namespace "a" { peering = "read" }'
    known = directory(StoredPolicy("p", "p", (), parse_policy(text, edition="enterprise")))
    assert effective(token(Policies=links("p")), known, 0).unread == ("policy p",)


def test_a_template_that_is_not_known_is_reported() -> None:
    counting = effective(token(TemplatedPolicies=[{"TemplateName": "builtin/new"}]), directory(), 0)
    assert counting.unread == ("template builtin/new",)


@pytest.mark.parametrize(
    ("expiration", "expired"),
    [
        ("1970-01-01T00:00:59.999999999Z", True),
        ("1970-01-01T00:01:00Z", False),
        ("1970-01-01T01:00:59+01:00", True),
        ("0001-01-01T00:00:00Z", False),
        (None, False),
    ],
)
def test_an_expired_token_grants_nothing_not_even_the_default(expiration: str | None, *, expired: bool) -> None:
    known = directory(policy("p", WRITE), default="allow")
    counting = effective(token(ExpirationTime=expiration, Policies=links("p")), known, 60 * SECOND)
    assert counting.expired == expired
    assert counting.authorizer("allow").allow("service", "web", "write") != expired
    assert counting.authorizer("allow").allow("node", "n", "read") != expired


def test_an_expiration_that_is_no_time_names_the_token() -> None:
    with pytest.raises(ValueError, match="token t: ExpirationTime 'soon' is no time"):
        token(ExpirationTime="soon")


def test_a_token_with_nothing_has_the_default() -> None:
    assert effective(token(Policies=None, Roles=None), directory(), 0).authorizer("allow").allow("node", "n", "read")


def test_only_texts_that_decide_are_to_be_read() -> None:
    known = directory(
        policy("own", None),
        policy("of-role", None),
        policy("read", READ),
        policy("there", None, ELSEWHERE),
        policy("of-expired", None),
        policy("of-nobody", None),
        role("r", Policies=links("of-role", "deleted")),
    )
    tokens = [
        token("a", Policies=links("own", "read", "there"), Roles=links("r")),
        token("b", Policies=links("of-expired"), ExpirationTime="1970-01-01T00:00:01Z"),
    ]
    assert texts_needed(tokens, known, 2 * SECOND) == ("of-role", "own")
