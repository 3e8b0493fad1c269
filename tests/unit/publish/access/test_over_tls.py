"""The real server on loopback over real TLS: who gets in, with which certificate, and after which rotation."""

import ssl
from pathlib import Path

import httpx
import pytest

from tests.certificates import Authority, Pair
from tests.web_files import ADMIN, ADMIN_TOKEN, LOGINS, READ_TOKEN, READER, clients, door, get, hashed, tls, trusting
from tests.web_server import web_server


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def server(authority: Authority) -> Pair:
    return authority.issue("server", "127.0.0.1")


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_logins_and_roles(tmp_path: Path, authority: Authority, server: Pair) -> None:
    with web_server(door(tmp_path, tls(server) + LOGINS)) as port:
        caller = trusting(authority)
        for login in ({"auth": READER}, {"auth": ADMIN}, {"headers": bearer(READ_TOKEN)}):
            assert get(port, caller, **login).status_code == 200
        for wrong in ({}, {"auth": ("prometheus", "no")}, {"auth": ("no", "no")}, {"headers": bearer("no")}):
            refused = get(port, caller, **wrong)
            assert refused.status_code == 401
            assert refused.headers.get_list("www-authenticate") == [
                'Basic realm="consul-scan", charset="UTF-8"',
                'Bearer realm="consul-scan"',
            ]
        for path in ("/", "/nothing"):
            assert get(port, caller, path).status_code == 401
        assert get(port, caller, "/metrics", method="POST", headers=bearer(READ_TOKEN)).status_code == 403
        assert get(port, caller, "/metrics", method="POST", auth=READER).status_code == 403
        assert get(port, caller, "/metrics", method="POST", headers=bearer(ADMIN_TOKEN)).status_code == 405
        assert get(port, caller, "/metrics", method="POST", auth=ADMIN).status_code == 405
        assert [get(port, caller, path).status_code for path in ("/-/healthy", "/-/ready")] == [200, 200]


def test_a_client_certificate_is_required(tmp_path: Path, authority: Authority, server: Pair) -> None:
    stranger, ours = Authority(tmp_path, "stranger"), authority.issue("ours", "prometheus.example")
    with web_server(door(tmp_path, tls(server, clients(authority)))) as port:
        assert get(port, trusting(authority, ours)).status_code == 200
        assert get(port, trusting(authority, ours), method="POST").status_code == 403
        for client in (None, stranger.issue("theirs", "prometheus.example")):
            with pytest.raises(httpx.TransportError):
                get(port, trusting(authority, client))
            with pytest.raises(httpx.TransportError):
                get(port, trusting(authority, client), "/-/healthy")


def test_a_certificate_names_an_administrator(tmp_path: Path, authority: Authority, server: Pair) -> None:
    ops, other = authority.issue("ops", "x.example", "ops.example"), authority.issue("other", "ops2.example")
    text = tls(server, clients(authority)) + "admins: {client_sans: [ops.example]}"
    with web_server(door(tmp_path, text)) as port:
        assert get(port, trusting(authority, ops), method="POST").status_code == 405
        assert get(port, trusting(authority, other), method="POST").status_code == 403


def test_a_good_certificate_of_somebody_else_gets_nothing(tmp_path: Path, authority: Authority, server: Pair) -> None:
    more = clients(authority, more=", client_allowed_sans: [ops.example, 127.0.0.1]")
    with web_server(door(tmp_path, tls(server, more))) as port:
        for sans in (["ops.example"], ["a.example", "127.0.0.1"]):
            assert get(port, trusting(authority, authority.issue("ours", *sans))).status_code == 200
        for others in (["x.ops.example"], ["OPS"], []):
            caller = trusting(authority, authority.issue("theirs", *others))
            for path in ("/metrics", "/-/healthy"):
                refused = get(port, caller, path)
                assert (refused.status_code, refused.json()["detail"]) == (
                    403,
                    "The names in your certificate are none of client_allowed_sans.",
                )


def test_a_probe_has_no_certificate_where_it_is_optional(tmp_path: Path, authority: Authority, server: Pair) -> None:
    ours = authority.issue("ours", "prometheus.example")
    with web_server(door(tmp_path, tls(server, clients(authority, "VerifyClientCertIfGiven")))) as port:
        assert get(port, trusting(authority), "/-/ready").status_code == 200
        refused = get(port, trusting(authority))
        assert (refused.status_code, refused.json()["detail"]) == (403, "This takes a client certificate.")
        assert get(port, trusting(authority, ours)).status_code == 200
        with pytest.raises(httpx.TransportError):
            get(port, trusting(authority, Authority(tmp_path, "stranger").issue("theirs", "prometheus.example")))


def test_a_login_is_asked_for_besides_the_certificate(tmp_path: Path, authority: Authority, server: Pair) -> None:
    caller = trusting(authority, authority.issue("ours", "prometheus.example"))
    with web_server(door(tmp_path, tls(server, clients(authority)) + LOGINS)) as port:
        assert get(port, caller).status_code == 401
        assert get(port, caller, auth=READER).status_code == 200
        with pytest.raises(httpx.TransportError):
            get(port, trusting(authority), auth=READER)


def test_passwords_change_while_it_runs(tmp_path: Path, authority: Authority, server: Pair) -> None:
    caller = trusting(authority)
    with web_server(door(tmp_path, tls(server) + LOGINS)) as port, httpx.Client(verify=caller, trust_env=False) as kept:
        url = f"https://127.0.0.1:{port}/metrics"
        assert kept.get(url, auth=READER).status_code == 200
        (tmp_path / "web.yaml").write_text(f"{tls(server)}basic_auth_users: {{prometheus: {hashed('new')}}}")
        assert kept.get(url, auth=READER).status_code == 401
        assert kept.get(url, auth=("prometheus", "new")).status_code == 200
        assert get(port, caller, headers=bearer(READ_TOKEN)).status_code == 401

        (tmp_path / "web.yaml").write_text("basic_auth_users: {")
        still = get(port, caller, auth=("prometheus", "new"))
        assert still.status_code == 200
        assert "consul_scan_web_config_last_reload_successful 0.0" in still.text


def test_the_certificate_changes_while_it_runs(tmp_path: Path, authority: Authority, server: Pair) -> None:
    with web_server(door(tmp_path, tls(server))) as port:
        assert get(port, trusting(authority)).status_code == 200
        renewed = Authority(tmp_path, "renewed")
        renewed.issue("server", "127.0.0.1")
        assert get(port, trusting(renewed)).status_code == 200
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            get(port, trusting(authority))


def test_the_client_ca_changes_while_it_runs(tmp_path: Path, authority: Authority, server: Pair) -> None:
    (tmp_path / "clients").mkdir()
    old, new = Authority(tmp_path, "old"), Authority(tmp_path / "clients", "old")
    before = trusting(authority, old.issue("before", "prometheus.example"))
    with (
        web_server(door(tmp_path, tls(server, clients(old)))) as port,
        httpx.Client(verify=before, trust_env=False) as kept,
    ):
        url = f"https://127.0.0.1:{port}/metrics"
        assert kept.get(url).status_code == 200
        new.file.replace(old.file)
        refused = kept.get(url)
        assert (refused.status_code, refused.json()["detail"]) == (403, "The certificates have changed. Connect anew.")
        with pytest.raises(httpx.TransportError):
            kept.get(url)
        after = trusting(authority, new.issue("after", "prometheus.example"))
        assert get(port, after).status_code == 200


def test_an_old_version_of_tls_is_refused(tmp_path: Path, authority: Authority, server: Pair) -> None:
    old = trusting(authority)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with web_server(door(tmp_path, tls(server))) as port:
        assert get(port, old).status_code == 200
    with (
        web_server(door(tmp_path, tls(server, ", min_version: TLS13"))) as port,
        pytest.raises(httpx.ConnectError),
    ):
        get(port, old)


def test_plain_http_gets_nothing_and_harms_nobody(tmp_path: Path, authority: Authority, server: Pair) -> None:
    with web_server(door(tmp_path, tls(server))) as port:
        with pytest.raises(httpx.RemoteProtocolError), httpx.Client(trust_env=False) as client:
            client.get(f"http://127.0.0.1:{port}/metrics")
        assert get(port, trusting(authority)).status_code == 200
