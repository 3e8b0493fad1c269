"""Addresses as people write them."""

import pytest

from scanner.collect.address import parse_address
from scanner.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("http://127.0.0.1:8500", "http://127.0.0.1:8500"),
        ("https://consul.example.com", "https://consul.example.com"),
        ("HTTPS://consul:8501/", "https://consul:8501"),
        ("https://proxy.example.com/consul/dc1/", "https://proxy.example.com/consul/dc1"),
        ("http://[::1]:8500", "http://[::1]:8500"),
        ("unix:///run/consul/http.sock", "http://localhost"),
    ],
)
def test_good_addresses(text: str, base: str) -> None:
    assert parse_address(text).base == base


def test_a_socket_keeps_its_path() -> None:
    assert parse_address("unix:///run/consul/http.sock").socket == "/run/consul/http.sock"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("127.0.0.1:8500", "scheme"),
        ("ftp://consul:21", "scheme"),
        ("http://", "host or port"),
        ("http://consul:0", "host or port"),
        ("http://consul:99999", "no URL"),
        ("http://con sul:1", "host or port"),
        ("http://consul:8500/?dc=dc2", "query"),
        ("http://consul:8500/#x", "fragment"),
        ("http://consul/a b", "odd path"),
        ("http://con\nsul:8500", "scheme"),
        ("unix://relative.sock", "absolute"),
        ("", "scheme"),
    ],
)
def test_bad_addresses_are_refused(text: str, part: str) -> None:
    with pytest.raises(ConfigError, match=part) as refusal:
        parse_address(text)
    assert refusal.value.advice


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    for text in ("http://user:hunter2@consul:8500", "ftp://user:hunter2@consul"):
        with pytest.raises(ConfigError) as refusal:
            parse_address(text)
        assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("http://127.0.0.1:8500", True),
        ("https://localhost:8501/prefix", True),
        ("http://[::1]:8500", True),
        ("unix:///run/consul.sock", True),
        ("http://127.0.0.1.example:8500", False),
        ("http://10.0.0.1:8500", False),
        ("https://localhost.example:8501", False),
    ],
)
def test_what_is_surely_on_this_machine(text: str, *, local: bool) -> None:
    assert parse_address(text).is_local == local
