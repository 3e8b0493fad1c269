"""Where the daemon listens. Loopback alone, as nothing here asks who is calling."""

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from scanner.errors import UsageError

LARGEST_PORT = 65535
BACKLOG = 128


@dataclass(frozen=True)
class Bind:
    """A loopback address and a port; port 0 lets the system choose a free one."""

    address: IPv4Address | IPv6Address
    port: int


def parse_bind(text: str) -> Bind:
    """Read `HOST:PORT`, where HOST is localhost, 127.x.x.x or [::1].

    Raises UsageError for anything else, saying that other addresses need authentication.
    """
    parts = re.fullmatch(r"(\[[^\]]+\]|[^:\[\]]+):([0-9]{1,5})", text)
    if not parts or int(parts[2]) > LARGEST_PORT:
        raise UsageError(
            f"{text!r} is no address to listen on", "Write HOST:PORT, such as 127.0.0.1:9118 or [::1]:9118"
        )
    return Bind(_loopback(parts[1]), int(parts[2]))


def _loopback(host: str) -> IPv4Address | IPv6Address:
    try:
        address = ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError:
        raise _not_loopback(host) from None
    if address == IPv6Address("::1") or (isinstance(address, IPv4Address) and address.is_loopback):
        return address
    raise _not_loopback(host)


def _not_loopback(host: str) -> UsageError:
    return UsageError(
        f"{host!r} is not a loopback address, and nothing would ask callers who they are",
        "Listen on 127.0.0.1, [::1] or localhost; other addresses come with authentication in a later version",
    )


def listen(bind: Bind) -> socket.socket:
    """Return a socket that listens there. Raises UsageError where the port is taken or may not be used."""
    family = socket.AF_INET if bind.address.version == 4 else socket.AF_INET6  # noqa: PLR2004
    listener = socket.socket(family, socket.SOCK_STREAM)
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
