"""The section `acl`: tokens of mesh gateways and what stands behind them, for rules and for mends."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.acl.tokens import Attached, Identity, Token
from scanner.collect.acl_choice import Choice, choose
from scanner.collect.acl_listing import Listing, read_listing
from scanner.collect.client import ConsulClient, Mark
from scanner.collect.target import TokenHint
from scanner.model.document import Json
from scanner.model.snapshot import Edition


@dataclass(frozen=True)
class Wanted:
    """Whose tokens to look for: gateways by key with their service, and what their operators say of their tokens."""

    services: Mapping[str, str]
    hints: Mapping[str, TokenHint | None]
    datacenter: str
    edition: Edition
    now_ns: int


def read_acl(client: ConsulClient, wanted: Wanted) -> tuple[Json, Mark]:
    """Return `acl` as `schemas/snapshot.json` has it.

    Raises:
        CallError: no usable answer.
    """
    listing = read_listing(client, wanted.datacenter, wanted.edition, wanted.now_ns)
    choices = {
        key: choose(listing, service, wanted.hints.get(key), wanted.now_ns) for key, service in wanted.services.items()
    }
    return _document(listing, choices), listing.mark


def _document(listing: Listing, choices: Mapping[str, Choice]) -> Json:
    tokens = {token.accessor: token for choice in choices.values() for token in choice.tokens}
    roles = {role for token in tokens.values() for role in token.roles if role in listing.directory.roles}
    attached = [token.attached for token in tokens.values()]
    attached += [listing.directory.roles[role].attached for role in roles]
    policies = {policy for one in attached for policy in one.policies if policy in listing.directory.policies}
    return {
        "default_policy": listing.directory.default,
        "gateways": {key: _gateway(choice) for key, choice in choices.items()},
        "tokens": {accessor: _token(token) for accessor, token in tokens.items()},
        "roles": _roles(listing, roles),
        "policies": _policies(listing, policies),
    }


def _gateway(choice: Choice) -> Json:
    return {"named_by": choice.named_by, "tokens": {token.accessor: more for token, more in choice.tokens.items()}}


def _token(token: Token) -> Json:
    return {
        "description": token.description,
        "expires_ns": token.expires_ns,
        "roles": list(token.roles),
        "attached": _attached(token.attached),
    }


def _attached(attached: Attached) -> Json:
    return {
        "policies": list(attached.policies),
        "services": _identities(attached.services),
        "nodes": _identities(attached.nodes),
        "templates": _identities(attached.templates),
    }


def _identities(uses: Iterable[Identity]) -> list[Json]:
    return [{"template": use.template, "name": use.name, "datacenters": list(use.datacenters)} for use in uses]


def _roles(listing: Listing, wanted: set[str]) -> Json:
    users = Counter(role for token in listing.tokens for role in set(token.roles))
    roles = {key: listing.directory.roles[key] for key in sorted(wanted)}
    return {
        key: {"name": role.name, "attached": _attached(role.attached), "tokens": users[key]}
        for key, role in roles.items()
    }


def _policies(listing: Listing, wanted: set[str]) -> Json:
    users = Counter(policy for token in listing.tokens for policy in _policies_of(token, listing))
    return {
        key: {
            "name": listing.directory.policies[key].name,
            "rules": listing.texts.get(key),
            "datacenters": list(listing.directory.policies[key].datacenters),
            "tokens": users[key],
            "roles": sorted(role for role, one in listing.directory.roles.items() if key in one.attached.policies),
        }
        for key in sorted(wanted)
    }


def _policies_of(token: Token, listing: Listing) -> set[str]:
    roles = (listing.directory.roles[role] for role in token.roles if role in listing.directory.roles)
    return {*token.attached.policies, *(policy for role in roles for policy in role.attached.policies)}
