"""The transport against a server that misbehaves on purpose."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.address import parse_address
from scanner.collect.credentials import BasicAuth, TokenFile, TokenVariable
from scanner.collect.fault import CallError
from scanner.collect.http_transport import HttpTransport, _session
from scanner.collect.sockets import Sockets
from scanner.collect.target import ClusterTarget, Timeouts
from scanner.collect.transport import RawAnswer, Request
from tests.faults import behaviours
from tests.faults.server import Behaviour, FaultServer
from tests.unit.collect.answers import target

TOKEN = "c0ffee00-1111-2222-3333-444444444444"
QUICK = Timeouts(connect_s=0.3, read_s=0.3, total_s=0.6)


def send(server: FaultServer, request: Request | None = None, **fields: Any) -> RawAnswer:
    cluster = replace(target(address=parse_address(server.address), timeouts=QUICK), **fields)
    transport = HttpTransport(cluster, largest_answer=2**20)
    try:
        return transport.send(request or Request("/v1/x"))
    finally:
        transport.close()


def fault(behaviour: Behaviour) -> CallError:
    with FaultServer(behaviour) as server, pytest.raises(CallError) as error:
        send(server)
    return error.value


def test_a_right_answer_arrives_whole() -> None:
    with FaultServer(behaviours.json_answer([1, 2], X_Consul_Index="9")) as server:
        raw = send(server)
    assert (raw.status, raw.body, raw.headers["x-consul-index"]) == (200, b"[1, 2]", "9")


def test_what_is_sent() -> None:
    fields = {"namespace": "n s", "partition": "p", "basic_auth": BasicAuth("me", "pass")}
    with FaultServer(behaviours.json_answer([])) as server:
        send(server, Request("/v1/x", {"filter": "a == b"}), token=TokenVariable("T", {"T": TOKEN}), **fields)
        send(server, Request("/v1/y", body=b"[]"))
    read, asked = server.requests
    assert (read.method, read.target) == ("GET", "/v1/x?filter=a+%3D%3D+b&ns=n+s&partition=p")
    assert read.headers["X-Consul-Token"] == TOKEN
    assert read.headers["Authorization"].startswith("Basic ")
    assert read.headers["User-Agent"].startswith("consul-scan/")
    assert read.headers["Accept-Encoding"] == "identity", "it stays within the machine"
    assert (asked.method, asked.target, asked.body) == ("POST", "/v1/y", b"[]")
    assert not {"X-Consul-Token", "Authorization", "Cookie"} & asked.headers.keys()


def test_a_quoted_name_stays_quoted() -> None:
    with FaultServer(behaviours.json_answer([])) as server:
        send(server, Request("/v1/health/service/%2E%2E%2Fa%3Fb%22"))
    assert server.requests[0].target == "/v1/health/service/%2E%2E%2Fa%3Fb%22"


def test_a_prefix_of_the_address_is_kept() -> None:
    with FaultServer(behaviours.json_answer([])) as server:
        address = parse_address(f"{server.address}/consul/dc1")
        HttpTransport(target(address=address)).send(Request("/v1/x"))
    assert server.paths == ["/consul/dc1/v1/x"]


def test_a_redirect_is_not_followed() -> None:
    with FaultServer(behaviours.json_answer([])) as other:
        with FaultServer(behaviours.redirect(f"{other.address}/v1/x")) as server:
            raw = send(server, token=TokenVariable("T", {"T": TOKEN}))
        assert (raw.status, other.requests) == (307, [])


def test_proxy_variables_and_netrc_are_not_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password hunter2")
    with FaultServer(behaviours.json_answer([])) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.delenv("no_proxy", raising=False)
        assert send(server).status == 200
    assert "Authorization" not in server.requests[0].headers


def test_cookies_are_not_kept() -> None:
    with FaultServer(behaviours.cookie([])) as server:
        transport = HttpTransport(target(address=parse_address(server.address)))
        transport.send(Request("/v1/x"))
        transport.send(Request("/v1/x"))
        transport.close()
    assert ["Cookie" in seen.headers for seen in server.requests] == [False, False]


def test_a_token_file_is_read_for_each_request(tmp_path: Path) -> None:
    path = tmp_path / "token"
    with FaultServer(behaviours.json_answer([])) as server:
        for secret in ("first", "second"):
            path.write_text(secret)
            send(server, token=TokenFile(path))
    assert [seen.headers["X-Consul-Token"] for seen in server.requests] == ["first", "second"]


def test_a_unix_socket(tmp_path: Path) -> None:
    with FaultServer(behaviours.json_answer([1]), unix=tmp_path / "http.sock") as server:
        assert send(server).body == b"[1]"
        send(server)


def test_a_missing_socket_is_unreachable(tmp_path: Path) -> None:
    cluster = target(address=parse_address(f"unix://{tmp_path}/none.sock"))
    with pytest.raises(CallError, match="No such file or directory") as error:
        HttpTransport(cluster).send(Request("/v1/x"))
    assert error.value.kind == "unreachable"


@pytest.mark.parametrize(
    ("behaviour", "kind", "part"),
    [
        (behaviours.silence(2), "unreachable", "did not answer in time"),
        (behaviours.drip(), "unreachable", "did not end within 0.6 s"),
        (behaviours.drip_header(), "unreachable", "did not end within 0.6 s"),
        (behaviours.drip_chunk(), "unreachable", "did not end within 0.6 s"),
        (behaviours.cut_off(hard=True), "unreachable", "Connection reset by peer"),
        (behaviours.cut_off(hard=False), "unreachable", "broke off: "),
        (behaviours.huge(2**21), "too_large", "larger than 1 MiB"),
    ],
)
def test_faults(behaviour: Behaviour, kind: str, part: str) -> None:
    started = time.monotonic()
    error = fault(behaviour)
    assert error.kind == kind
    assert part in error.message
    assert error.message.startswith("GET /v1/x: ")
    assert error.advice
    assert time.monotonic() - started < 1.5


def test_a_socket_file_has_the_same_limits(tmp_path: Path) -> None:
    with (
        FaultServer(behaviours.drip_header(), unix=tmp_path / "http.sock") as server,
        pytest.raises(CallError, match="did not end within"),
    ):
        send(server)


def test_patience_outlasts_the_usual_limits() -> None:
    with FaultServer(behaviours.drip(pause_s=0.01, pieces=100)) as server:
        assert len(send(server, Request("/v1/x", patience_s=5)).body) == 100


def refused(cluster: ClusterTarget) -> ClusterTarget:
    return cluster


def unknown_host(cluster: ClusterTarget) -> ClusterTarget:
    return replace(cluster, address=parse_address("http://no-such-host.invalid:8500"))


@pytest.mark.parametrize(("change", "part"), [(refused, "Connection refused"), (unknown_host, "cannot be reached")])
def test_nobody_there(change: Callable[[ClusterTarget], ClusterTarget], part: str) -> None:
    with pytest.raises(CallError, match=part) as error:
        HttpTransport(change(target())).send(Request("/v1/x"))
    assert error.value.kind == "unreachable"
    assert "object at 0x" not in str(error.value)


def test_tls_to_a_port_without_it() -> None:
    with FaultServer(behaviours.json_answer([])) as server:
        address = parse_address(server.address.replace("http://", "https://"))
        with pytest.raises(CallError) as error:
            HttpTransport(target(address=address)).send(Request("/v1/x"))
    assert error.value.kind == "tls"
    assert "does not speak TLS" in error.value.advice


def test_a_token_is_in_no_log_and_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with FaultServer(behaviours.json_answer([])) as server:
        raw = send(server, token=TokenVariable("T", {"T": TOKEN}))
    assert server.requests[0].headers["X-Consul-Token"] == TOKEN
    assert raw.secrets == (TOKEN,)
    assert TOKEN not in repr(raw)
    assert "/v1/x" in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(("address", "encoding"), [("http://10.0.0.1:8500", "gzip"), ("http://[::1]:8500", "identity")])
def test_answers_are_compressed_between_machines(address: str, encoding: str) -> None:
    session = _session(ClusterTarget("a", parse_address(address)), 1, Sockets())
    assert session.headers["Accept-Encoding"] == encoding
