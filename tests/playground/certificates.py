"""A certificate authority for one cluster's HTTP API, made by Consul itself."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificates:
    """The files that the agents of one cluster and their clients need for TLS in both directions."""

    ca_file: Path
    server_cert_file: Path
    server_key_file: Path
    client_cert_file: Path
    client_key_file: Path


def make_certificates(consul: Path, datacenter: str, directory: Path) -> Certificates:
    """Make a CA, a certificate for all agents (valid for 127.0.0.1) and one for clients, in `directory`.

    Raises subprocess.CalledProcessError where the `consul` program cannot.
    """
    for arguments in (["ca", "create"], ["cert", "create", "-server"], ["cert", "create", "-cli"]):
        named = arguments if arguments[0] == "ca" else [*arguments, "-dc", datacenter]
        subprocess.run([str(consul), "tls", *named], cwd=directory, check=True, capture_output=True)
    return Certificates(
        ca_file=directory / "consul-agent-ca.pem",
        server_cert_file=directory / f"{datacenter}-server-consul-0.pem",
        server_key_file=directory / f"{datacenter}-server-consul-0-key.pem",
        client_cert_file=directory / f"{datacenter}-cli-consul-0.pem",
        client_key_file=directory / f"{datacenter}-cli-consul-0-key.pem",
    )
