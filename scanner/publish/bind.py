"""Where the daemon listens. An address that others can reach takes a web config that asks who is calling."""

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from scanner.errors import UsageError

LARGEST_PORT = 65535
BACKLOG = 128


@dataclass(frozen=True)
class Bind:
    """An address and a port; port 0 lets the system choose a free one."""

    address: IPv4Address | IPv6Address
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether programs of this machine alone can reach it."""
        if isinstance(self.address, IPv4Address):
            return self.address.is_loopback
        return self.address == IPv6Address("::1")


def parse_bind(text: str) -> Bind:
    """Read `HOST:PORT`, where HOST is an IP address, one of version 6 in brackets, or localhost.

    Raises UsageError for anything else. Whether callers are asked who they are is for those who open the port.
    """
    parts = re.fullmatch(r"(\[[^\]]+\]|[^:\[\]]+):([0-9]{1,5})", text)
    if not parts or int(parts[2]) > LARGEST_PORT:
        raise _no_address(text)
    try:
        host = ip_address("127.0.0.1" if parts[1] == "localhost" else parts[1].strip("[]"))
    except ValueError:
        raise _no_address(text) from None
    return Bind(host, int(parts[2]))


def _no_address(text: str) -> UsageError:
    advice = "Write HOST:PORT with an IP address, such as 127.0.0.1:9118, [::1]:9118 or 0.0.0.0:9118"
    return UsageError(f"{text!r} is no address to listen on", advice)


def listen(bind: Bind) -> socket.socket:
    """Return a socket that listens there. Raises UsageError where the port is taken or may not be used."""
    family = socket.AF_INET if bind.address.version == 4 else socket.AF_INET6  # noqa: PLR2004
    # Without the protocol asyncio does not know it as TCP, and leaves Nagle's algorithm on: 40 ms for each answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((str(bind.address), bind.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise UsageError(f"Cannot listen on {_spelled(bind)}: {error.strerror}", "Choose another port") from error
    return listener


def _spelled(bind: Bind) -> str:
    return f"[{bind.address}]:{bind.port}" if isinstance(bind.address, IPv6Address) else f"{bind.address}:{bind.port}"
