"""The configuration that an agent of the playground starts with."""

from pathlib import Path

from tests.playground.certificates import Certificates
from tests.playground.endpoint import Json
from tests.playground.plan import AgentPlan, Surroundings
from tests.playground.ports import LOOPBACK


def configuration(plan: AgentPlan, around: Surroundings, directory: Path) -> Json:
    """Give the agent's configuration: that of a development agent, written out where it is none."""
    config = basics(plan, around) | joining(plan, around) | storage(plan, around, directory)
    if around.spec.acl:
        config["acl"] = acl_configuration(around.management_secret)
    if around.certificates:
        config["tls"] = tls_configuration(around.certificates, must_show_certificate=around.spec.transport == "mtls")
    return config


def basics(plan: AgentPlan, around: Surroundings) -> dict[str, Json]:
    """Give who the agent is, where it listens and what it serves."""
    return {
        "node_name": plan.node,
        "datacenter": around.spec.datacenter_name,
        "server": plan.is_server,
        "bind_addr": LOOPBACK,
        "client_addr": LOOPBACK,
        "ports": listening_ports(plan, around.certificates),
        "connect": {"enabled": True},
        "ui_config": {"enabled": True},
    }


def joining(plan: AgentPlan, around: Surroundings) -> dict[str, Json]:
    """Give which servers the agent joins, and the pace: that of a local network, not the cautious default."""
    servers = [other for other in around.plans if other.is_server and other != plan]
    addresses = [f"{LOOPBACK}:{server.ports['serf_lan']}" for server in servers]
    return {"retry_join": addresses, "retry_interval": "1s", "performance": {"raft_multiplier": 1}}


def storage(plan: AgentPlan, around: Surroundings, directory: Path) -> dict[str, Json]:
    """Give where the agent keeps its data and how many servers must meet before they elect; nothing in memory."""
    if not plan.is_server:
        return {"data_dir": str(directory / f"{plan.node}.data")}
    if around.spec.on_disk:
        return {"data_dir": str(directory / f"{plan.node}.data"), "bootstrap_expect": len(around.spec.servers)}
    return {}


def listening_ports(plan: AgentPlan, certificates: Certificates | None) -> dict[str, int]:
    """Give the ports; -1 switches off: HTTP beside HTTPS, and gRPC over TLS on a client, which serves no peering."""
    ports = dict(plan.ports)
    if certificates:
        ports |= {"https": ports["http"], "http": -1}
    if not plan.is_server:
        ports["grpc_tls"] = -1
    return ports


def acl_configuration(management_secret: str) -> Json:
    """Give the ACL settings: deny by default, one known token for the operator and the agents themselves."""
    tokens = {"initial_management": management_secret, "agent": management_secret}
    return {"enabled": True, "default_policy": "deny", "tokens": tokens}


def tls_configuration(files: Certificates, *, must_show_certificate: bool) -> Json:
    """Give the TLS settings of the HTTP API."""
    return {
        "https": {
            "ca_file": str(files.ca_file),
            "cert_file": str(files.server_cert_file),
            "key_file": str(files.server_key_file),
            "verify_incoming": must_show_certificate,
        }
    }
