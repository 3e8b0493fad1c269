"""Who is calling: the headers and the client certificate of a request -> a role, or nobody."""

import base64
import binascii
from dataclasses import dataclass
from ssl import SSLContext

from scanner.publish.access.logins import Passwords, token_name
from scanner.publish.access.roles import Role
from scanner.publish.access.settings import WebConfig


@dataclass(frozen=True)
class Peer:
    """The other end of a connection: the names in its verified certificate, None without one, and who verified it."""

    sans: frozenset[str] | None = None
    context: SSLContext | None = None


def is_outdated(config: WebConfig, peer: Peer) -> bool:
    """Tell whether a caller's certificate was looked at by former settings: its CA may be one no more."""
    return config.client_certificates and peer.context is not config.context


def is_stranger(config: WebConfig, peer: Peer) -> bool:
    """Tell whether a caller shows a good certificate of somebody who is not among the allowed ones."""
    return peer.sans is not None and config.allowed_sans is not None and not peer.sans & config.allowed_sans


async def role_of(config: WebConfig, passwords: Passwords, peer: Peer, authorization: str) -> Role | None:
    """Return the role of a caller, None for nobody.

    Where the file has logins, the login says who it is, and a certificate comes on top of it, as in Prometheus. Where
    it has none, the certificate does. Where nobody is asked, everybody may read. Raises CrowdedError where too many
    logins are being checked.

    Args:
        config: what the file says now.
        passwords: what checks them.
        peer: the other end of the connection.
        authorization: the header of that name, empty if there is none.
    """
    if not config.asks:
        return Role.READ
    if config.has_logins:
        return await _logged_in(config, passwords, authorization)
    if peer.sans is None:
        return None
    return Role.ADMIN if peer.sans & config.admins.client_sans else Role.READ


async def _logged_in(config: WebConfig, passwords: Passwords, authorization: str) -> Role | None:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        name = token_name(config.tokens, value.strip().encode())
        return _role(name, config.admins.tokens) if name is not None else None
    if scheme.lower() == "basic":
        user, password = _decoded(value)
        right = await passwords.right(config.users, user, password)
        return _role(user, config.admins.users) if right else None
    return None


def _role(name: str, admins: frozenset[str]) -> Role:
    return Role.ADMIN if name in admins else Role.READ


def _decoded(value: str) -> tuple[str, bytes]:
    """Return user and password; what is no base64 is a user without a name, whom no file can have."""
    try:
        user, _, password = base64.b64decode(value.strip(), validate=True).partition(b":")
        return user.decode(), password
    except (binascii.Error, ValueError):
        return "", b""
