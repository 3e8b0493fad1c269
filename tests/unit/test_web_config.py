"""The web config file: what it may say, and how it is told what it may not."""

from hashlib import sha256
from pathlib import Path

import pytest

from scanner.config.web import load_web_config, web_door
from scanner.errors import ConfigError, UsageError
from scanner.publish.access.settings import OPEN, Admins
from scanner.publish.bind import parse_bind
from tests.certificates import Authority
from tests.web_files import ADMIN_TOKEN, LOGINS, TOKENS, USERS, clients, door, hashed, tls

EVERYWHERE = parse_bind("0.0.0.0:0")
BCRYPT = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"


def test_a_whole_file(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    more = clients(authority, more=", client_allowed_sans: [ops.example, 10.0.0.1], min_version: TLS13")
    (tmp_path / "web.yaml").write_text(
        tls(authority.issue("server", "127.0.0.1"), more) + "admins: {client_sans: [ops.example]}\n"
    )

    config = load_web_config(tmp_path / "web.yaml")

    assert config.asks
    assert not config.has_logins
    assert config.context is not None
    assert config.context.minimum_version.name == "TLSv1_3"
    assert config.allowed_sans == frozenset({"ops.example", "10.0.0.1"})
    assert config.admins == Admins(client_sans=frozenset({"ops.example"}))
    assert config.files == tuple(
        tmp_path / name for name in ("web.yaml", "server.pem", "server-key.pem", "test-ca.pem")
    )


def test_users_and_tokens(tmp_path: Path) -> None:
    config = door(tmp_path, LOGINS).current()
    assert set(config.users) == {"prometheus", "alice"}
    assert config.tokens["a"] == sha256(ADMIN_TOKEN.encode()).hexdigest()
    assert config.admins == Admins(users=frozenset({"alice"}), tokens=frozenset({"a"}))
    assert (config.asks, config.has_logins, config.context) == (True, True, None)
    assert "$2y$" not in repr(config)
    assert config.tokens["a"] not in repr(config)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "w.yaml:1: the file has to be a mapping of sections. See docs/web.md"),
        ("[]", "w.yaml:1: the file has to be a mapping of sections. See docs/web.md"),
        ("basic_auth_user: {}", "w.yaml:1: basic_auth_user is not a known key. Did you mean basic_auth_users?"),
        ("basic_auth_users: {}", "w.yaml:1: basic_auth_users has to be bcrypt hashes by user, at least one"),
        ("\nbasic_auth_users: {a: hunter2}", "w.yaml:2: basic_auth_users.a has to be a bcrypt hash of cost 10 to 14"),
        (f"basic_auth_users: {{a: {BCRYPT.replace('$10$', '$05$')}}}", "has to be a bcrypt hash of cost 10 to 14"),
        (f"basic_auth_users: {{a: {BCRYPT.replace('$10$', '$15$')}}}", "has to be a bcrypt hash of cost 10 to 14"),
        (f"basic_auth_users: {{a: {BCRYPT.replace('FzPeMq', 'FzPfMq')}}}", "has to be a bcrypt hash of cost 10 to 14"),
        ("tls_server_config: {cert_file: 'c', key_file: \"k\\0\"}", "key_file has to be the path of a file, not empty"),
        ("tls_server_config: {cert_file: '', key_file: k}", "cert_file has to be the path of a file, not empty"),
        (f"basic_auth_users: {{'a:b': {BCRYPT}}}", "has the key 'a:b', which is not a name of printable characters"),
        ("bearer_tokens: {deploy: hunter2}", "has to be the SHA-256 hash of a token"),
        ("bearer_tokens: {deploy: [a]}", "has to be the SHA-256 hash of a token"),
        ("tls_server_config: {cert_file: c.pem}", "w.yaml:1: tls_server_config lacks key_file"),
        ("tls_server_config: {cert_file: c.pem, key_file: k.pem}", "c.pem with the key"),
        (
            "tls_server_config: {cert_file: c.pem, key_file: k.pem, client_ca_file: ca.pem}",
            "needs both or none of client_ca_file and client_auth_type",
        ),
        (
            "tls_server_config: {cert_file: c, key_file: k, client_ca_file: a, client_auth_type: RequestClientCert}",
            "client_auth_type has to be VerifyClientCertIfGiven or RequireAndVerifyClientCert",
        ),
        ("tls_server_config: {cert_file: c, key_file: k, min_version: TLS11}", "has to be TLS12 or TLS13"),
        ("admins: {users: [alice]}", "w.yaml:1: admins.users names 'alice', which is not in basic_auth_users"),
        (f"{USERS}admins:\n  users: [Alice]", "w.yaml:5: admins.users names 'Alice'"),
        (f"{TOKENS}admins: {{tokens: [b]}}", "admins.tokens names 'b', which is not in bearer_tokens"),
        ("admins: {client_sans: [x]}", "admins.client_sans counts where client certificates are all that is asked"),
    ],
)
def test_what_it_may_not_say(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "w.yaml").write_text(text)
    with pytest.raises(ConfigError) as raised:
        load_web_config(tmp_path / "w.yaml")
    assert told in str(raised.value)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("more", "logins", "told"),
    [
        (", client_allowed_sans: [x]", "", "client_allowed_sans needs client_ca_file"),
        ("CLIENTS", f"{USERS}admins: {{client_sans: [x]}}", "admins.client_sans counts where client certificates are"),
        (
            "CLIENTS, client_allowed_sans: [y]",
            "admins: {client_sans: [x]}",
            "names 'x', which is not in client_allowed",
        ),
    ],
)
def test_what_would_count_for_nothing_is_refused(tmp_path: Path, more: str, logins: str, told: str) -> None:
    authority = Authority(tmp_path)
    section = tls(authority.issue("server", "127.0.0.1"), more.replace("CLIENTS", clients(authority)))
    with pytest.raises(ConfigError) as raised:
        door(tmp_path, section + logins)
    assert told in str(raised.value)


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    authority, other = Authority(tmp_path), Authority(tmp_path, "other")
    server, locked = authority.issue("server", "127.0.0.1"), other.issue("locked", password="secret")
    bad_ca = clients(other).replace(str(other.file), "web.yaml")
    missing_ca = clients(other).replace(str(other.file), "none.pem")
    for section, told in (
        (tls(server).replace("server-key.pem", "locked-key.pem"), "locked-key.pem cannot be used: "),
        (tls(locked), "locked-key.pem cannot be used: "),
        (tls(server).replace("server-key.pem", "server.pem"), "server.pem cannot be used: "),
        (tls(server).replace("server.pem", "none.pem"), "none.pem with the key"),
        (tls(server, bad_ca), "the client CA"),
        (tls(server, missing_ca), "none.pem cannot be used: No such file or directory"),
    ):
        with pytest.raises(ConfigError) as raised:
            door(tmp_path, section)
        assert told in str(raised.value)


def test_a_key_of_another_certificate_is_told(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.issue("b", "127.0.0.1")
    with pytest.raises(ConfigError, match="cannot be used: KEY_VALUES_MISMATCH"):
        door(tmp_path, tls(authority.issue("a", "127.0.0.1")).replace("a-key.pem", "b-key.pem"))


def test_loopback_needs_no_file() -> None:
    assert web_door(None, parse_bind("127.0.0.1:0")).current() is OPEN


def test_an_address_that_others_reach_needs_a_file() -> None:
    with pytest.raises(UsageError, match="not a loopback address") as raised:
        web_door(None, EVERYWHERE)
    assert "--web-config" in raised.value.advice


def test_an_address_that_others_reach_needs_a_file_that_asks(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    (tmp_path / "web.yaml").write_text(tls(authority.issue("server", "127.0.0.1")))
    with pytest.raises(ConfigError, match=r"asks nobody who they are, and 0\.0\.0\.0"):
        web_door(tmp_path / "web.yaml", EVERYWHERE)
    assert not web_door(tmp_path / "web.yaml", parse_bind("[::1]:0")).current().asks

    (tmp_path / "web.yaml").write_text(f"basic_auth_users: {{a: {hashed('x')}}}")
    assert web_door(tmp_path / "web.yaml", EVERYWHERE).current().asks


def test_the_example_of_the_docs_can_be_used(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/web.md").read_text()
    example = page.partition("<!-- web -->\n```yaml\n")[2].partition("```")[0]
    Authority(tmp_path).issue("server", "127.0.0.1")
    Authority(tmp_path, "clients")
    config = door(tmp_path, example).current()
    assert set(config.users) == {"prometheus", "alice"}
    assert config.allowed_sans == frozenset({"prometheus.example", "10.0.0.7"})
    assert config.admins == Admins(users=frozenset({"alice"}), tokens=frozenset({"deploy"}))
