"""Evidence: an answer names the rule that decides, or says that there is none."""

from dataclasses import replace

from tests.unit.acl.rulings import with_policies


def test_the_deciding_rule_its_policy_and_its_place_are_named() -> None:
    decision = with_policies('\nservice_prefix "" { policy = "read" }', 'operator = "read"').decide(
        "service", "mesh-gateway", "write"
    )
    assert not decision.allowed
    assert decision.grant
    assert (decision.grant.policy, decision.grant.rule.at.line) == ("p1", 2)
    assert decision.why == 'service_prefix "" = read in policy p1 decides'


def test_of_several_policies_the_one_whose_level_counts_is_named() -> None:
    texts = [f'service "web" {{ policy = "{level}" }}' for level in ("read", "deny", "write")]
    assert with_policies(*texts).decide("service", "web", "read").why == 'service "web" = deny in policy p2 decides'


def test_the_rule_that_spoils_reading_all_is_named() -> None:
    may = with_policies('node_prefix "" { policy = "read" }\nnode "db" { policy = "deny" }')
    assert may.decide_all("node", "read").why == 'node "db" = deny in policy p1 decides'


def test_an_operator_rule_is_named_where_it_decides_about_peering() -> None:
    assert (
        with_policies('operator = "read"').decide("peering", "", "read").why == "operator = read in policy p1 decides"
    )


def test_the_intentions_of_a_rule_are_named_with_it() -> None:
    may = with_policies('service "web" { policy = "read"\n intentions = "deny" }')
    assert may.decide("intention", "web", "read").why == 'service "web" = read (intentions = deny) in policy p1 decides'


def test_without_a_rule_the_default_is_named() -> None:
    assert with_policies().decide("peering", "", "read").why == "no rule for peering: the default policy is deny"
    decision = with_policies(default="allow").decide("service", "web", "read")
    assert decision.why == 'no rule for service "web": the default policy is allow'
    assert with_policies().decide_all("node", "read").why == "no rule for every node: the default policy is deny"
    assert "whatever the default policy" in with_policies(default="allow").decide("acl", "", "read").why


def test_a_refusal_outdoes_every_rule() -> None:
    may = replace(with_policies('peering = "read"', default="allow"), refusal="the token has expired")
    assert may.decide("peering", "", "read").why == "the token has expired"
    assert not may.allow("peering", "", "read")
    assert not may.reads_all("service")
