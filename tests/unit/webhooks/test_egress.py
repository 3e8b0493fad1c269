"""What is sent goes nowhere where credentials are given to whoever asks."""

import socket
from ipaddress import ip_network

import pytest

from scanner.publish.webhooks.egress import EgressError, check_peer, is_allowed


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "fd20:ce::254",
        "100.100.100.200",
        "168.63.129.16",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
    ],
)
def test_metadata_and_links_are_refused_however_they_are_spelled(address: str) -> None:
    assert not is_allowed(address, ())


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.7", "203.0.113.9", "2001:db8::1", "fd00:ec2::253"])
def test_receivers_are_anywhere_else(address: str) -> None:
    assert is_allowed(address, ())


@pytest.mark.parametrize(
    ("address", "networks", "allowed"),
    [
        ("10.1.2.3", ["10.0.0.0/8"], True),
        ("::ffff:10.1.2.3", ["10.0.0.0/8"], True),
        ("192.168.0.1", ["10.0.0.0/8", "fd00::/8"], False),
        ("fd00::7", ["10.0.0.0/8", "fd00::/8"], True),
        ("169.254.169.254", ["169.254.169.254/32"], True),
    ],
)
def test_with_networks_they_alone_count(address: str, networks: list[str], *, allowed: bool) -> None:
    assert is_allowed(address, [ip_network(each) for each in networks]) is allowed


def test_the_address_of_the_connection_is_looked_at() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as made:
        check_peer(made, ())
        with pytest.raises(EgressError, match=r"127\.0\.0\.1 may not be sent to"):
            check_peer(made, [ip_network("10.0.0.0/8")])
