"""The ACL tokens of a playground cluster and the rules behind them."""

from dataclasses import dataclass
from pathlib import Path

from scanner.cli.policy import scanner_policy
from tests.playground.endpoint import Endpoint

SCANNER_RULES = scanner_policy(acl=True)

BLIND_RULES = ""


@dataclass(frozen=True)
class Token:
    """An ACL token: its public id, its secret, and a file that holds the secret alone."""

    accessor: str
    secret: str
    file: Path


def gateway_rules(service: str, *, peering_read: bool = True) -> str:
    """Give what the token of a mesh gateway needs, no more; or, without `peering_read`, all but that."""
    return f"""
service "{service}" {{ policy = "write" }}
service_prefix "" {{ policy = "read" }}
node_prefix "" {{ policy = "read" }}
{'peering = "read"' if peering_read else ""}
mesh = "write"
"""


def create_token(endpoint: Endpoint, name: str, rules: str, directory: Path) -> Token:
    """Create a policy called `name` with `rules`, and a token that has it and is described by the same name.

    Raises ConsulRefusedError, for instance where there is such a policy already or the rules are wrong.
    """
    endpoint.call("PUT", "/v1/acl/policy", {"Name": name, "Rules": rules})
    created = endpoint.call("PUT", "/v1/acl/token", {"Description": name, "Policies": [{"Name": name}]})
    return keep_token(created["AccessorID"], created["SecretID"], directory / f"{name}.token")


def management_token(endpoint: Endpoint, directory: Path) -> Token:
    """Give the token that the endpoint itself uses."""
    own = endpoint.call("GET", "/v1/acl/token/self")
    return keep_token(own["AccessorID"], own["SecretID"], directory / "management.token")


def keep_token(accessor: str, secret: str, file: Path) -> Token:
    """Write a token's secret to its file, readable by its owner only."""
    file.touch(mode=0o600)
    file.write_text(secret + "\n", encoding="utf-8")
    return Token(accessor, secret, file)
