"""Which addresses may be sent to. The address that a connection really has is looked at, not that of the config."""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from scanner.publish.webhooks.settings import Network

REFUSED: tuple[Network, ...] = tuple(
    map(
        ip_network,
        (
            "169.254.0.0/16",  # links; metadata of AWS, Azure, Google Cloud and others
            "fe80::/10",
            "fd00:ec2::254/128",  # metadata of AWS
            "fd20:ce::254/128",  # of Google Cloud
            "100.100.100.200/32",  # of Alibaba Cloud
            "168.63.129.16/32",  # the host of a machine in Azure
        ),
    )
)
"""What nobody means by the address of a receiver, and what gives credentials away to whoever asks."""

_NAT64 = ip_network("64:ff9b::/96")


class EgressError(OSError):
    """A connection has an address that may not be sent to; nothing was."""


def check_peer(connection: socket.socket, networks: Sequence[Network]) -> None:
    """Refuse a connection before anything is sent by it.

    Raises:
        EgressError: naming its address.
    """
    address = connection.getpeername()[0]
    if not is_allowed(address, networks):
        raise EgressError(f"{address} may not be sent to")


def is_allowed(text: str, networks: Sequence[Network]) -> bool:
    """Tell whether an address may be sent to: one of the networks, or, without any, none of those refused."""
    address = _plain(ip_address(text))
    if networks:
        return any(address in network for network in networks)
    return not any(address in network for network in REFUSED)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 one stands for, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
