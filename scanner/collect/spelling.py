"""Text of Consul -> the spelling that a snapshot uses: versions and addresses."""

import re

from scanner.model.snapshot import Edition

_CORE = re.compile(r"v?([0-9]+\.[0-9]+\.[0-9]+)(?![0-9.])")
LAST_PORT = 65535


def core_version(text: str | None) -> str | None:
    """Return `1.20.1` of `1.20.1+ent` or `1.14.0-rc1`; None where the text starts with no such version."""
    match = _CORE.match(text or "")
    return match.group(1) if match else None


def edition(versions: list[str]) -> Edition | None:
    """Return the edition that version texts tell; None without any.

    Enterprise builds carry `+ent` in every version that they report, the community edition never does.
    """
    if not versions:
        return None
    return "enterprise" if any("+ent" in version for version in versions) else "ce"


def hostport(address: str, port: int | None) -> str | None:
    """Return `host:port` as Go's `net.JoinHostPort` writes it, IPv6 in brackets.

    None where Consul has nothing that can be dialed: no host, a host with white space or control characters, no port.
    """
    if not address or not address.isprintable() or " " in address:
        return None
    if port is None or not 1 <= port <= LAST_PORT:
        return None
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
