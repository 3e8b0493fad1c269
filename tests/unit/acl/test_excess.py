"""What a token grants beyond what is needed."""

import pytest

from scanner.acl.authorizer import written
from scanner.acl.excess import Need, excess
from tests.unit.acl.rulings import with_policies

NEEDS = (
    Need("service", "gw", "write"),
    Need("service", None, "read"),
    Need("node", None, "read"),
    Need("peering", None, "read"),
    Need("mesh", None, "write"),
)
NEEDED = """
service "gw" { policy = "write" }
service_prefix "" { policy = "read" }
node_prefix "" { policy = "read" }
peering = "read"
mesh = "write"
"""


def too_much(*texts: str) -> list[str]:
    return [written(grant) for grant in excess(with_policies(*texts), NEEDS)]


def test_what_is_needed_is_not_too_much() -> None:
    assert too_much(NEEDED) == []


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        ('service_prefix "gw" { policy = "write" }', 'service_prefix "gw" = write'),
        ('service "gw2" { policy = "write" }', 'service "gw2" = write'),
        ('service_prefix "" { policy = "write" }', 'service_prefix "" = write'),
        ('node "n" { policy = "write" }', 'node "n" = write'),
        ('peering = "write"', "peering = write"),
        ('operator = "read"', "operator = read"),
        ('key_prefix "" { policy = "list" }', 'key_prefix "" = list'),
        ('service "gw" { policy = "write"\n intentions = "write" }', 'service "gw" = write (intentions = write)'),
    ],
)
def test_each_grant_that_permits_more_is_named(extra: str, named: str) -> None:
    assert too_much(NEEDED, extra) == [f"{named} in policy p2"]


@pytest.mark.parametrize("extra", ['operator = "deny"', 'key "a" { policy = "deny" }', 'node "n" { policy = "read" }'])
def test_what_takes_away_or_repeats_is_not_too_much(extra: str) -> None:
    assert too_much(NEEDED, extra) == []
