"""Where a token comes from, so that it is read late and printed never."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from scanner.errors import ConfigError

_HEADER_TEXT = re.compile(r"[\x21-\x7e]+")
_LONGEST = 4096


class TokenSource(Protocol):
    """Gives the token of one cluster, anew for each request."""

    def text(self) -> str:
        """Return the token, never empty.

        Raises:
            ConfigError: there is none where there should be one.
        """
        ...


@dataclass(frozen=True)
class TokenVariable:
    """A token that `environment` holds under `name`."""

    name: str
    environment: Mapping[str, str] = field(repr=False)

    def text(self) -> str:
        """Return the token; see `TokenSource`."""
        return _checked(self.environment.get(self.name, ""), f"the environment name {self.name}")


@dataclass(frozen=True)
class TokenFile:
    """A token in a file. It is read for each request, so a rotated token counts at once and nothing is kept."""

    path: Path

    def text(self) -> str:
        """Return what stands in the file, less the white space around it; see `TokenSource`."""
        try:
            with self.path.open("rb") as file:
                raw = file.read(_LONGEST + 1)
        except OSError as error:
            advice = "Create it, let this user read it, or name another file"
            raise ConfigError(f"the token file {self.path} cannot be read: {error.strerror}", advice) from None
        return _checked(raw.decode(errors="replace"), f"the token file {self.path}")


@dataclass(frozen=True)
class BasicAuth:
    """User and password for a proxy in front of Consul, as `CONSUL_HTTP_AUTH` gives them."""

    user: str
    password: str = field(repr=False)

    def header(self) -> str:
        """Return the value of the `Authorization` header."""
        return f"Basic {self.encoded()}"

    def encoded(self) -> str:
        """Return user and password in base64."""
        return base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


def _checked(raw: str, origin: str) -> str:
    """Return a token that can be a header; the message of a refusal never shows it."""
    token = raw.strip()
    if not token:
        raise ConfigError(f"{origin} holds no token", "Write the SecretID of a token into it, nothing else")
    if len(token) > _LONGEST or not _HEADER_TEXT.fullmatch(token):
        raise ConfigError(f"what {origin} holds cannot be a token", "Write the SecretID into it, on one line, alone")
    return token
