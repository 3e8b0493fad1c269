"""Where Consul's HTTP API listens: an address as people write it, checked once."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from scanner.errors import ConfigError

Scheme = Literal["http", "https", "unix"]
_ADVICE = "Write http://HOST:PORT, https://HOST:PORT or unix:///PATH"
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+(%25[A-Za-z0-9._-]+)?")
_LOOPBACK = re.compile(r"127(\.[0-9]{1,3}){3}")
_PATH = re.compile(r"[A-Za-z0-9._~/%-]*")


@dataclass(frozen=True)
class Address:
    """A checked address.

    `base` is what a request path is appended to: `https://host:8501/prefix`, or `http://localhost` for a socket, whose
    path in the file system is then `socket`. `text` is for people and holds no secret: user names are refused.
    """

    scheme: Scheme
    text: str
    base: str
    socket: str = ""

    @property
    def is_local(self) -> bool:
        """Tell whether it is surely on this machine: a socket, or a loopback address."""
        host = urlsplit(self.base).hostname or ""
        return host in {"localhost", "::1"} or _LOOPBACK.fullmatch(host) is not None


def parse_address(text: str) -> Address:
    """Return the address that `text` means.

    Raises:
        ConfigError: another scheme, no host, a port that is none, a user, a query or a fragment.
    """
    if text.startswith("unix://"):
        return _unix(text)
    if not _SCHEME.match(text) or not text.isprintable():
        raise ConfigError(f"the address {_shown(text)} has no scheme that Consul listens on", _ADVICE)
    parts = _split(text)
    scheme: Scheme = "https" if parts.scheme == "https" else "http"
    base = f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    return Address(scheme, base, base)


def _unix(text: str) -> Address:
    path = text.removeprefix("unix://")
    if not path.startswith("/") or not path.isprintable():
        raise ConfigError(f"the address {_shown(text)} names no absolute socket path", _ADVICE)
    return Address("unix", text, "http://localhost", path)


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ConfigError(f"the address {_shown(text)} is no URL: {error}", _ADVICE) from None
    if "@" in parts.netloc:
        raise ConfigError("an address may hold no user and no password", "Give the token by a file or a variable")
    if parts.query or parts.fragment or not _PATH.fullmatch(parts.path):
        raise ConfigError(f"the address {_shown(text)} may hold no query, fragment or odd path", _ADVICE)
    if not _HOST.fullmatch(parts.hostname or "") or port == 0:
        raise ConfigError(f"the address {_shown(text)} has no usable host or port", _ADVICE)
    return parts


def _shown(text: str) -> str:
    """Quote an address for a message, without what may be a password in it."""
    return repr(re.sub(r"//[^/@]*@", "//…@", text)[:200])
