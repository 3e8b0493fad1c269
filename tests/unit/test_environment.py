"""Clusters from flags and from Consul's own environment names."""

from pathlib import Path
from typing import Any

import pytest

from scanner.collect.credentials import BasicAuth, TokenFile, TokenVariable
from scanner.collect.target import ClusterTarget, Tls
from scanner.environment import targets_from_environment, targets_from_flags
from scanner.errors import ConfigError, UsageError


def from_environment(**environment: str) -> ClusterTarget:
    (target,) = targets_from_environment(environment)
    return target


def test_flags() -> None:
    dc1, dc2 = targets_from_flags(["dc1=http://a:8500", "dc2=https://b:8501"], ["dc2=dc2.token"], ["dc2=ca.pem"])
    assert (dc1.name, dc1.address.text, dc1.token, dc1.tls) == ("dc1", "http://a:8500", None, Tls())
    assert (dc2.token, dc2.tls) == (TokenFile(Path("dc2.token")), Tls(ca_file=Path("ca.pem")))
    assert (dc1.intent, dc1.declared_peers) == ("required", ())


@pytest.mark.parametrize(
    ("flags", "error", "part"),
    [
        ((["http://a:8500"], [], []), UsageError, "not of the form NAME="),
        ((["=http://a:8500"], [], []), UsageError, "not of the form NAME="),
        ((["dc1="], [], []), UsageError, "not of the form NAME="),
        ((["dc1=http://a", "dc1=http://b"], [], []), UsageError, "names dc1 twice"),
        ((["d c=http://a"], [], []), UsageError, "cannot name a cluster"),
        ((["dc1=a:8500"], [], []), ConfigError, "no scheme"),
        ((["dc1=http://a"], ["dc2=x"], []), UsageError, "--token-file speaks of 'dc2', but --cluster names dc1"),
        ((["dc1=http://a"], [], ["dc2=x"]), UsageError, "--ca-file speaks of 'dc2'"),
        (([], ["dc1=x"], []), UsageError, "names no cluster"),
        ((["dc1=http://a"], ["dc1=x", "dc1=y"], []), UsageError, "names dc1 twice"),
    ],
)
def test_bad_flags(flags: tuple[list[str], list[str], list[str]], error: type[Exception], part: str) -> None:
    with pytest.raises(error, match=part):
        targets_from_flags(*flags)


def test_an_empty_environment_is_the_local_agent() -> None:
    target = from_environment()
    assert (target.name, target.address.text) == ("consul", "http://127.0.0.1:8500")
    assert (target.token, target.basic_auth, target.tls) == (None, None, Tls())
    assert (target.namespace, target.partition) == ("", "")


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({"CONSUL_HTTP_ADDR": "10.0.0.1:8500"}, "http://10.0.0.1:8500"),
        ({"CONSUL_HTTP_ADDR": "http://10.0.0.1:8500"}, "http://10.0.0.1:8500"),
        ({"CONSUL_HTTP_ADDR": "https://consul:8501/prefix"}, "https://consul:8501/prefix"),
        ({"CONSUL_HTTP_ADDR": "unix:///run/consul.sock"}, "unix:///run/consul.sock"),
        ({"CONSUL_HTTP_ADDR": "", "CONSUL_HTTP_SSL": "true"}, "https://127.0.0.1:8500"),
        ({"CONSUL_HTTP_ADDR": "consul:8501", "CONSUL_HTTP_SSL": "1"}, "https://consul:8501"),
        ({"CONSUL_HTTP_ADDR": "http://consul:8501", "CONSUL_HTTP_SSL": "T"}, "https://consul:8501"),
        ({"CONSUL_HTTP_ADDR": "https://consul:8501", "CONSUL_HTTP_SSL": "false"}, "https://consul:8501"),
        ({"CONSUL_HTTP_ADDR": "unix:///run/consul.sock", "CONSUL_HTTP_SSL": "true"}, "unix:///run/consul.sock"),
    ],
)
def test_addresses(environment: dict[str, str], address: str) -> None:
    assert from_environment(**environment).address.text == address


@pytest.mark.parametrize(
    ("environment", "part"),
    [
        ({"CONSUL_HTTP_ADDR": "tcp://consul:8500"}, "no scheme"),
        ({"CONSUL_HTTP_SSL": "yes"}, "CONSUL_HTTP_SSL is 'yes'"),
        ({"CONSUL_HTTP_SSL_VERIFY": "no"}, "CONSUL_HTTP_SSL_VERIFY is 'no'"),
    ],
)
def test_what_makes_no_sense_is_refused(environment: dict[str, str], part: str) -> None:
    with pytest.raises(ConfigError, match=part):
        from_environment(**environment)


def test_the_token_file_wins_over_the_token() -> None:
    both = from_environment(CONSUL_HTTP_TOKEN="t", CONSUL_HTTP_TOKEN_FILE="dc1.token")
    assert both.token == TokenFile(Path("dc1.token"))


def test_the_token_alone() -> None:
    token = from_environment(CONSUL_HTTP_TOKEN="t").token
    assert isinstance(token, TokenVariable)
    assert (token.name, token.text()) == ("CONSUL_HTTP_TOKEN", "t")
    assert from_environment(CONSUL_HTTP_TOKEN="").token is None


@pytest.mark.parametrize(
    ("text", "auth"), [("me:a:b", BasicAuth("me", "a:b")), ("me", BasicAuth("me", "")), ("", None)]
)
def test_basic_auth(text: str, auth: BasicAuth | None) -> None:
    assert from_environment(CONSUL_HTTP_AUTH=text).basic_auth == auth


@pytest.mark.parametrize(
    ("environment", "tls"),
    [
        ({"CONSUL_CACERT": "a"}, Tls(ca_file=Path("a"))),
        ({"CONSUL_CAPATH": "a"}, Tls(ca_path=Path("a"))),
        ({"CONSUL_CLIENT_CERT": "a", "CONSUL_CLIENT_KEY": "b"}, Tls(cert_file=Path("a"), key_file=Path("b"))),
        ({"CONSUL_TLS_SERVER_NAME": "server.dc1.consul"}, Tls(server_name="server.dc1.consul")),
        ({"CONSUL_TLS_SERVER_NAME": "server.dc1.consul:8501"}, Tls(server_name="server.dc1.consul")),
        ({"CONSUL_HTTP_SSL_VERIFY": "0"}, Tls(verify=False)),
        ({"CONSUL_HTTP_SSL_VERIFY": "true"}, Tls()),
        ({"CONSUL_CACERT": ""}, Tls()),
    ],
)
def test_tls(environment: dict[str, Any], tls: Tls) -> None:
    assert from_environment(**environment).tls == tls


def test_namespace_and_partition() -> None:
    target = from_environment(CONSUL_NAMESPACE="n", CONSUL_PARTITION="p")
    assert (target.namespace, target.partition) == ("n", "p")


def test_no_repr_shows_the_environment() -> None:
    assert "hunter2" not in repr(from_environment(CONSUL_HTTP_TOKEN="hunter2", CONSUL_HTTP_AUTH="me:hunter2"))
