"""Which tokens are, or could be, those of a mesh gateway (design section 4): Consul does not tell."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from scanner.acl.candidates import candidates
from scanner.acl.effective import is_expired
from scanner.acl.tokens import Token
from scanner.collect.acl_listing import ANONYMOUS, Listing
from scanner.collect.target import TokenHint

_SAID = {
    "accessor": "with accessor id {}",
    "policy": "with policy {}",
    "role": "with role {}",
    "description": "described as {}",
}


@dataclass(frozen=True)
class Choice:
    """The tokens of one gateway. `named_by` is how its operators tell them, in words; None where they do not.

    `tokens` stand each for itself and for a number of others that have the same policies and roles, which is told.
    """

    named_by: str | None
    tokens: Mapping[Token, int]


def choose(listing: Listing, service: str, hint: TokenHint | None, now_ns: int) -> Choice:
    """Return the tokens of the gateway with that service name: as the hint says, else whatever could be one."""
    if hint is None:
        found = candidates(listing.tokens, service, listing.directory, now_ns)
        tokens = [*(one.token for one in found.known), *(one.token for one in found.undecided)]
        return Choice(None, _one_of_each(tokens, now_ns))
    meant = _meant(hint, listing)
    fitting = _one_of_each((token for token in listing.tokens if meant(token)), now_ns)
    return Choice(_said(hint) if fitting else _unfound(hint), fitting)


def _said(hint: TokenHint) -> str:
    return _SAID[hint.by].format(hint.value)


def _unfound(hint: TokenHint) -> str:
    """Return the words for a hint that no token fits: an accessor id that is none may be a SecretID by mistake."""
    return "with the accessor id of the config file" if hint.by == "accessor" else _said(hint)


def _meant(hint: TokenHint, listing: Listing) -> Callable[[Token], bool]:
    if hint.by == "accessor":
        return lambda token: token.accessor == hint.value
    if hint.by == "description":
        pattern = re.compile(".*".join(map(re.escape, hint.value.split("*"))), re.DOTALL)
        return lambda token: pattern.fullmatch(token.description) is not None
    roles = listing.directory.roles
    if hint.by == "role":
        named = {key for key, role in roles.items() if role.name == hint.value}
        return lambda token: not named.isdisjoint(token.roles)
    policies = {key for key, policy in listing.directory.policies.items() if policy.name == hint.value}
    giving = {key for key, role in roles.items() if not policies.isdisjoint(role.attached.policies)}
    return lambda token: not (policies.isdisjoint(token.attached.policies) and giving.isdisjoint(token.roles))


def _one_of_each(tokens: Iterable[Token], now_ns: int) -> dict[Token, int]:
    """Return the first token of each kind by accessor, and how many more there are: pods log in by the hundred.

    The anonymous token stands for nobody else: it is what a gateway without a token has.
    """
    first: dict[object, Token] = {}
    more: Counter[object] = Counter()
    for token in sorted(tokens, key=lambda one: one.accessor):
        kind = (token.attached, token.roles, is_expired(token, now_ns), token.accessor == ANONYMOUS)
        if kind in first:
            more[kind] += 1
        first.setdefault(kind, token)
    return {token: more[kind] for kind, token in first.items()}
