"""What a web config file says, ready for use: values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from ssl import SSLContext


@dataclass(frozen=True)
class Admins:
    """Who has the role admin, by name; everybody else who is let in may read."""

    users: frozenset[str] = frozenset()
    tokens: frozenset[str] = frozenset()
    client_sans: frozenset[str] = frozenset()


@dataclass(frozen=True)
class WebConfig:
    """Who may ask, and over which TLS.

    `users` are bcrypt hashes by name, `tokens` SHA-256 hashes in hex by name. `context` is None for plain HTTP.
    `client_certificates` tells whether a client certificate is verified, `allowed_sans` whose are taken (None: all that
    the CA signed). `files` is all that was read for it.
    """

    users: Mapping[str, str] = field(default_factory=dict, repr=False)
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    admins: Admins = field(default_factory=Admins)
    context: SSLContext | None = None
    client_certificates: bool = False
    allowed_sans: frozenset[str] | None = None
    files: tuple[Path, ...] = ()

    @property
    def has_logins(self) -> bool:
        """Whether a caller needs a password or a token."""
        return bool(self.users or self.tokens)

    @property
    def asks(self) -> bool:
        """Whether a caller has to say who they are at all."""
        return self.has_logins or self.client_certificates


OPEN = WebConfig()
"""Without a web config file: plain HTTP, and nobody is asked. For loopback alone."""
