"""A request reaches who it is meant for, or nobody; what the other side does costs no more than its time."""

import gzip
import socket
import ssl
import struct
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from ipaddress import ip_network

import pytest

from scanner.collect.target import Tls
from scanner.collect.tls import tls_context
from scanner.errors import ConfigError
from scanner.publish.webhooks import egress
from scanner.publish.webhooks.sending import Answer, HttpSender, Request, checked_url
from scanner.publish.webhooks.settings import Road
from tests.faults.behaviours import answer, cut_off, drip, huge, redirect, silence
from tests.faults.server import Behaviour, FaultServer, Handler
from tests.playground.certificates import Certificates, make_certificates
from tests.tools import tool
from tests.tools.gate import need_tools
from tests.unit.test_daemon_process import free_port

LIMIT = 0.4


def send(url: str, road: Road | None = None) -> Answer:
    return HttpSender(road or Road(), LIMIT)(Request(url, {"webhook-id": "m-1"}, b'{"a":1}'))


def test_a_request_arrives_as_it_is() -> None:
    with FaultServer(answer(b"ok")) as server:
        assert send(f"{server.address}/a/b?c=d%20e#f") == Answer(200)
    (seen,) = server.requests
    assert (seen.method, seen.target, seen.body) == ("POST", "/a/b?c=d%20e", b'{"a":1}')
    assert seen.headers["webhook-id"] == "m-1"
    assert seen.headers["User-Agent"].startswith("consul-scan/")
    assert "authorization" not in {name.lower() for name in seen.headers}


def test_user_and_password_of_the_address_become_a_header() -> None:
    with FaultServer(answer(b"")) as server:
        send(server.address.replace("://", "://user:pass@"))
    assert server.requests[0].headers["authorization"] == "Basic dXNlcjpwYXNz"
    assert "user" not in server.requests[0].headers["Host"]


@pytest.mark.parametrize("status", [204, 400, 410, 500])
def test_a_status_is_told(status: int) -> None:
    with FaultServer(answer(b"words", status, Retry_After="7")) as server:
        assert send(server.address) == Answer(status, "7")


def test_no_redirect_is_followed() -> None:
    with FaultServer(redirect("/elsewhere")) as server:
        assert send(f"{server.address}/here").status == 307
    assert server.paths == ["/here"]


def reset() -> Behaviour:
    def behave(handler: Handler) -> None:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(handler.connection.detach())

    return behave


def dripping_head() -> Behaviour:
    def behave(handler: Handler) -> None:
        for _ in range(200):
            handler.wfile.write(b"x")
            time.sleep(0.02)

    return behave


def garbage() -> Behaviour:
    def behave(handler: Handler) -> None:
        handler.wfile.write(b"220 mail.example ESMTP\r\n")
        handler.connection.shutdown(socket.SHUT_RDWR)

    return behave


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        (silence(1.0), "no answer in 0.4 s"),
        (dripping_head(), "no answer in 0.4 s"),
        (reset(), "Connection reset by peer"),
        (garbage(), "220 mail.example ESMTP"),
    ],
)
def test_an_answer_that_is_none_is_told_in_time(behaviour: Behaviour, told: str) -> None:
    with FaultServer(behaviour) as server:
        started = time.monotonic()
        got = send(server.address)
    assert (got.status, told in got.fault) == (0, True), got
    assert time.monotonic() - started < LIMIT + 0.3


@pytest.mark.parametrize("behaviour", [drip(), huge(50_000_000), cut_off(hard=True), answer(gzip.compress(b"x"))])
def test_of_an_answer_the_head_alone_is_read(behaviour: Behaviour) -> None:
    with FaultServer(behaviour) as server:
        started = time.monotonic()
        assert send(server.address) == Answer(200)
    assert time.monotonic() - started < LIMIT


def test_nobody_at_home() -> None:
    assert send(f"http://127.0.0.1:{free_port()}") == Answer(0, fault="Connection refused")


def test_a_name_that_nobody_has() -> None:
    got = send("http://receiver.invalid/hook")
    assert (got.status, "not known" in got.fault or "resolution" in got.fault) == (0, True), got


def test_a_connection_that_nobody_takes_is_given_up() -> None:
    with closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as full:
        port = full.getsockname()[1]
        held = [socket.socket() for _ in range(3)]
        for each in held:
            each.setblocking(False)  # noqa: FBT003 - the socket's own signature
            each.connect_ex(("127.0.0.1", port))
        got = send(f"http://127.0.0.1:{port}")
        for each in held:
            each.close()
    assert got == Answer(0, fault="no connection in 0.4 s")


def resolving(address: str) -> Callable[..., object]:
    """Answer every name with one address, as DNS that changed its mind would."""

    def resolve(_host: str, port: int, *_: object) -> object:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    return resolve


def test_the_address_counts_that_a_name_leads_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib3.util.connection.socket.getaddrinfo", resolving("127.0.0.1"))
    with FaultServer(answer(b"")) as server:
        url = server.address.replace("127.0.0.1", "hooks.example.com")
        allowed = send(url)
        monkeypatch.setattr(egress, "REFUSED", (ip_network("127.0.0.0/8"),))
        refused = send(url)
        opened = send(url, Road(networks=(ip_network("127.0.0.1/32"),)))
    assert (allowed.status, opened.status) == (200, 200)
    assert refused == Answer(0, fault="127.0.0.1 may not be sent to")
    assert len(server.requests) == 2


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer(answer(b"", 200)) as server, FaultServer(answer(b"", 500)) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.address)
        assert send(server.address).status == 200
        assert send(f"{server.address}/a?b", Road(proxy=proxy.address)).status == 500
    assert [seen.target for seen in proxy.requests] == [f"{server.address}/a?b"]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    need_tools("consul-1.22.7")
    return make_certificates(tool("consul-1.22.7"), "dc1", tmp_path_factory.mktemp("ca"))


def over_tls(certificates: Certificates) -> FaultServer:
    """A receiver over TLS that asks for a client certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server_cert_file, certificates.server_key_file)
    context.load_verify_locations(certificates.ca_file)
    context.verify_mode = ssl.CERT_REQUIRED
    server = FaultServer(answer(b""), {"/silent": silence(1.0)})
    # Shaken hands in the handler's thread, so that a refused one holds nobody.
    wrapped = context.wrap_socket(server._server.socket, server_side=True, do_handshake_on_connect=False)  # noqa: SLF001
    server._server.socket = wrapped  # noqa: SLF001
    return server


def test_tls_trusts_the_given_ca_and_shows_the_given_certificate(certificates: Certificates) -> None:
    trusting = Tls(ca_file=certificates.ca_file)
    known = replace(trusting, cert_file=certificates.client_cert_file, key_file=certificates.client_key_file)
    mutual = Road(tls=partial(tls_context, known))
    with over_tls(certificates) as server:
        url = server.address.replace("http://", "https://")
        assert send(url, mutual) == Answer(200)
        assert send(f"{url}/silent", mutual) == Answer(0, fault="no answer in 0.4 s")
        stranger = send(url)
        unknown = send(url, Road(tls=partial(tls_context, trusting)))
        guarded = send(url, Road((ip_network("10.0.0.0/8"),), tls=mutual.tls))
    assert "certificate verify failed" in stranger.fault
    assert (unknown.status, unknown.fault != "") == (0, True)
    assert guarded.fault == "127.0.0.1 may not be sent to"
    assert server.paths == ["/", "/silent"]


@pytest.mark.parametrize(
    "text",
    ["", "hooks.example", "ftp://a", "http://", "http://a\nb", "http://[::1", "http://a:99999", "//a", "http:///x"],
)
def test_what_is_no_address_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^url\.txt is no http:// or https:// URL"):
        checked_url(text, "url.txt")
