"""Where the daemon listens."""

import time

import httpx
import pytest

from scanner.errors import UsageError
from scanner.publish.access.door import Door
from scanner.publish.access.settings import OPEN
from scanner.publish.bind import listen, parse_bind
from tests.web_server import web_server


@pytest.mark.parametrize(
    ("text", "address", "port"),
    [
        ("127.0.0.1:9118", "127.0.0.1", 9118),
        ("127.255.0.3:1", "127.255.0.3", 1),
        ("localhost:0", "127.0.0.1", 0),
        ("[::1]:65535", "::1", 65535),
    ],
)
def test_reads_a_loopback_address(text: str, address: str, port: int) -> None:
    bind = parse_bind(text)
    assert (str(bind.address), bind.port) == (address, port)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.255.0.3", "localhost", "[::1]"])
def test_loopback_is_for_programs_of_this_machine(host: str) -> None:
    assert parse_bind(f"{host}:9118").is_loopback


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "[::]", "10.0.0.1", "128.0.0.1", "[::ffff:127.0.0.1]", "[::1%lo]", "[fe80::1]"]
)
def test_any_other_address_is_for_others_too(host: str) -> None:
    assert not parse_bind(f"{host}:9118").is_loopback


@pytest.mark.parametrize(
    "text",
    ["", "9118", ":9118", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "::1:9118", "127.0.0.1:-1"]
    + [f"{host}:9118" for host in ("scanner.example", "localhost.example", "127.1", "0", "*", "[]", "[x]")],
)
def test_refuses_what_is_no_host_and_port(text: str) -> None:
    with pytest.raises(UsageError, match="no address to listen on") as raised:
        parse_bind(text)
    assert "HOST:PORT" in raised.value.advice


@pytest.mark.parametrize("text", ["127.0.0.1:0", "[::1]:0"])
def test_a_port_that_is_taken_is_named(text: str) -> None:
    with listen(parse_bind(text)) as taken:
        place = f"{text.removesuffix('0')}{taken.getsockname()[1]}"
        with pytest.raises(UsageError) as raised:
            listen(parse_bind(place))
    assert str(raised.value) == f"Cannot listen on {place}: Address already in use. Choose another port"


def test_answers_do_not_wait_for_the_callers_system() -> None:
    with web_server(Door(lambda: OPEN)) as port, httpx.Client(trust_env=False) as client:
        url = f"http://127.0.0.1:{port}/"
        client.get(url)
        started = time.monotonic()
        for _ in range(20):
            client.get(url)
        assert time.monotonic() - started < 20 * 0.03, "Nagle's algorithm costs each answer 40 ms"
