"""Short ways to write policies, and what a token with them may do."""

from scanner.acl.authorizer import Authorizer, Default, authorizer
from scanner.acl.merge import NamedPolicy
from scanner.acl.policy import parse_policy


def named(name: str, text: str) -> NamedPolicy:
    return NamedPolicy(f"id-{name}", name, parse_policy(text))


def with_policies(*texts: str, default: Default = "deny") -> Authorizer:
    """Give what a token may do that has these policies, called p1, p2, ... and merged in this order."""
    return authorizer([named(f"p{number}", text) for number, text in enumerate(texts, 1)], default)
