"""Clusters from flags, or one cluster from Consul's own environment names; never both (design section 9)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from scanner.collect.address import Address, parse_address
from scanner.collect.credentials import BasicAuth, TokenFile, TokenSource, TokenVariable
from scanner.collect.target import CLUSTER_NAME, ClusterTarget, Tls
from scanner.errors import ConfigError, UsageError

ENVIRONMENT_CLUSTER = "consul"
"""The scan's name for the cluster of the environment: its datacenter is not known before it is asked."""

_DEFAULT_ADDRESS = "127.0.0.1:8500"
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})


def targets_from_flags(
    clusters: Sequence[str], token_files: Sequence[str], ca_files: Sequence[str]
) -> tuple[ClusterTarget, ...]:
    """Return the clusters of `--cluster NAME=ADDRESS`, `--token-file NAME=PATH` and `--ca-file NAME=PATH`.

    Raises:
        UsageError: no `=`, a name twice, or a file for a cluster that no `--cluster` names.
        ConfigError: an address that is none.
    """
    addresses = _pairs("--cluster", clusters)
    targets = {name: ClusterTarget(_checked_name(name), parse_address(text)) for name, text in addresses.items()}
    for name, path in _known("--token-file", token_files, targets).items():
        targets[name] = replace(targets[name], token=TokenFile(Path(path)))
    for name, path in _known("--ca-file", ca_files, targets).items():
        targets[name] = replace(targets[name], tls=Tls(ca_file=Path(path)))
    return tuple(targets.values())


def targets_from_environment(environment: Mapping[str, str]) -> tuple[ClusterTarget, ...]:
    """Return the one cluster that `CONSUL_HTTP_ADDR` and its kin describe, read as Consul's own client does.

    Precedence is that of `defaultConfig` and `NewClient` in Consul's api/api.go, with one exception: a truth value
    that is none is refused, where Consul warns and, for `CONSUL_HTTP_SSL_VERIFY`, trusts everybody.

    Raises:
        ConfigError: an address or a truth value that is none.
    """
    target = ClusterTarget(
        ENVIRONMENT_CLUSTER,
        _address(environment),
        token=_token(environment),
        basic_auth=_basic_auth(environment.get("CONSUL_HTTP_AUTH", "")),
        tls=_tls(environment),
        namespace=environment.get("CONSUL_NAMESPACE", ""),
        partition=environment.get("CONSUL_PARTITION", ""),
    )
    return (target,)


def _pairs(flag: str, values: Sequence[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for value in values:
        name, equals, rest = value.partition("=")
        if not (name and equals and rest):
            raise UsageError(f"{flag} {value!r} is not of the form NAME=...", f"Write {flag} dc1=...")
        if name in pairs:
            raise UsageError(f"{flag} names {name} twice", "Give each cluster its own name")
        pairs[name] = rest
    return pairs


def _known(flag: str, values: Sequence[str], targets: Mapping[str, ClusterTarget]) -> dict[str, str]:
    pairs = _pairs(flag, values)
    for name in pairs:
        if name not in targets:
            known = ", ".join(targets) or "no cluster"
            raise UsageError(f"{flag} speaks of {name!r}, but --cluster names {known}", f"Add --cluster {name}=ADDRESS")
    return pairs


def _checked_name(name: str) -> str:
    if not CLUSTER_NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name a cluster", "Use letters, digits, dots, dashes and underscores")
    return name


def _address(environment: Mapping[str, str]) -> Address:
    text = environment.get("CONSUL_HTTP_ADDR") or _DEFAULT_ADDRESS
    if "://" not in text:
        text = f"http://{text}"
    if text.startswith("http://") and _truth(environment, "CONSUL_HTTP_SSL", default=False):
        text = f"https://{text.removeprefix('http://')}"
    return parse_address(text)


def _token(environment: Mapping[str, str]) -> TokenSource | None:
    path = environment.get("CONSUL_HTTP_TOKEN_FILE")
    if path:
        return TokenFile(Path(path))
    return TokenVariable("CONSUL_HTTP_TOKEN", environment) if environment.get("CONSUL_HTTP_TOKEN") else None


def _basic_auth(text: str) -> BasicAuth | None:
    user, _, password = text.partition(":")
    return BasicAuth(user, password) if text else None


def _tls(environment: Mapping[str, str]) -> Tls:
    def path(name: str) -> Path | None:
        return Path(environment[name]) if environment.get(name) else None

    return Tls(
        ca_file=path("CONSUL_CACERT"),
        ca_path=path("CONSUL_CAPATH"),
        cert_file=path("CONSUL_CLIENT_CERT"),
        key_file=path("CONSUL_CLIENT_KEY"),
        server_name=_without_port(environment.get("CONSUL_TLS_SERVER_NAME", "")),
        verify=_truth(environment, "CONSUL_HTTP_SSL_VERIFY", default=True),
    )


def _without_port(name: str) -> str:
    host, colon, port = name.rpartition(":")
    return host if colon and port.isdigit() else name


def _truth(environment: Mapping[str, str], name: str, *, default: bool) -> bool:
    """Return a truth value as Go's `strconv.ParseBool` spells them."""
    text = environment.get(name, "")
    if text and text not in _TRUE | _FALSE:
        raise ConfigError(f"{name} is {text!r}, which is neither true nor false", f"Set {name} to true or false")
    return text in _TRUE if text else default
