"""Consul's token and role documents -> frozen values. No secret is taken over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.acl.templates import NODE, SERVICE
from scanner.model.document import Json

_NEVER = 1
"""Go writes a time that is not set as year 1."""


@dataclass(frozen=True)
class Identity:
    """A use of a template: `name` is "" where it takes none. Without `datacenters` it counts in all of them."""

    template: str
    name: str
    datacenters: tuple[str, ...]


@dataclass(frozen=True)
class Attached:
    """What hangs on a token or role. `policies` are ids; identities and templates make policies of their own."""

    policies: tuple[str, ...] = ()
    services: tuple[Identity, ...] = ()
    nodes: tuple[Identity, ...] = ()
    templates: tuple[Identity, ...] = ()


@dataclass(frozen=True)
class Role:
    """A role: its id, its name and what hangs on it."""

    id: str
    name: str
    attached: Attached


@dataclass(frozen=True)
class Token:
    """A token without its secret. `roles` are ids, in Consul's order; `expires_ns` since 1970, None for never."""

    accessor: str
    description: str
    attached: Attached
    roles: tuple[str, ...] = ()
    expires_ns: int | None = None


def read_token(document: Json) -> Token:
    """Read one token of `/v1/acl/tokens` or `/v1/acl/token/<accessor>` (facts 1.6).

    Raises:
        ValueError: its ExpirationTime is no time; the message names the token.
        KeyError, TypeError, AttributeError: it is not of Consul's shape.
    """
    accessor = _text(document["AccessorID"])
    try:
        expires_ns = _time_ns(document.get("ExpirationTime"))
    except ValueError as error:
        raise ValueError(f"token {accessor}: ExpirationTime {document['ExpirationTime']!r} is no time") from error
    roles = _ids(document.get("Roles"))
    return Token(accessor, _text(document.get("Description") or ""), read_attached(document), roles, expires_ns)


def read_role(document: Json) -> Role:
    """Read one role of `/v1/acl/roles`, `/v1/acl/role/<id>` or a token's `ExpandedRoles`."""
    return Role(_text(document["ID"]), _text(document["Name"]), read_attached(document))


def read_attached(document: Json) -> Attached:
    """Read what hangs on a token or role; Consul leaves empty lists out, or writes null."""
    return Attached(
        policies=_ids(document.get("Policies")),
        services=tuple(
            Identity(SERVICE, _text(one["ServiceName"]), _texts(one.get("Datacenters")))
            for one in document.get("ServiceIdentities") or ()
        ),
        nodes=tuple(
            Identity(NODE, _text(one["NodeName"]), (_text(one["Datacenter"]),))
            for one in document.get("NodeIdentities") or ()
        ),
        templates=tuple(_template(one) for one in document.get("TemplatedPolicies") or ()),
    )


def _template(use: Json) -> Identity:
    variables = use.get("TemplateVariables") or {}
    name = variables.get("Name") or variables.get("name") or ""
    return Identity(_text(use["TemplateName"]), _text(name), _texts(use.get("Datacenters")))


def _ids(links: Iterable[Json] | None) -> tuple[str, ...]:
    return tuple(_text(link["ID"]) for link in links or ())


def _texts(values: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(map(_text, values or ()))


def _text(value: Any) -> str:
    """Return a text; another type would go unseen until something looks it up. Raises TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"a text was expected, not {type(value).__name__}")
    return value


def _time_ns(text: str | None) -> int | None:
    """Return nanoseconds since 1970, exact to the microsecond; None for no time."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    if moment.year == _NEVER:
        return None
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000
