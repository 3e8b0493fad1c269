"""One Consul agent: its configuration and its process."""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.playground.certificates import Certificates
from tests.playground.endpoint import Endpoint, Json
from tests.playground.ports import LOOPBACK, PortBlock
from tests.playground.processes import Process
from tests.playground.spec import ClusterSpec
from tests.tools import tool

PORT_NAMES = ("http", "grpc", "grpc_tls", "dns", "server", "serf_lan", "serf_wan")


@dataclass(frozen=True)
class AgentPlan:
    """What an agent will be, known before any agent of its cluster starts."""

    node: str
    version: str
    is_server: bool
    ports: dict[str, int]

    @property
    def consul(self) -> Path:
        """Give the program. Raises ToolMissingError where it is not in the cache."""
        return tool(f"consul-{self.version}")


def plan_agents(spec: ClusterSpec, ports: PortBlock) -> tuple[AgentPlan, ...]:
    """Give a cluster's agents, servers first, with ports of their own."""
    servers = [(f"{spec.name}-server-{number}", version, True) for number, version in enumerate(spec.servers, 1)]
    clients = [(f"{spec.name}-client-{number}", version, False) for number, version in enumerate(spec.clients, 1)]
    return tuple(
        AgentPlan(node, version, is_server, {name: ports.take() for name in PORT_NAMES})
        for node, version, is_server in servers + clients
    )


@dataclass(frozen=True)
class Surroundings:
    """What all agents of a cluster share: the cluster, the agents to join, their secret and their certificates."""

    spec: ClusterSpec
    plans: tuple[AgentPlan, ...]
    management_secret: str
    certificates: Certificates | None


class Agent:
    """An agent of a cluster; `endpoint` speaks to it with the management token."""

    def __init__(self, plan: AgentPlan, around: Surroundings, directory: Path) -> None:
        """Write the agent's configuration into `directory`; nothing runs yet."""
        self.plan = plan
        address = agent_address(plan, around)
        self.endpoint = Endpoint(address, around.management_secret, plan.consul, around.certificates)
        self._in_memory = plan.is_server and not around.spec.on_disk
        self._log_file = directory / f"{plan.node}.log"
        self._config_file = directory / f"{plan.node}.json"
        self._config_file.write_text(json.dumps(configuration(plan, around, directory)), encoding="utf-8")
        self._process: Process | None = None

    def start(self) -> None:
        """Start the agent, with the data it had if it keeps any on disk. It may take a while to answer."""
        mode = ["-dev"] if self._in_memory else []
        argv = [str(self.plan.consul), "agent", *mode, f"-config-file={self._config_file}"]
        self._process = Process(argv, self._log_file)

    def check_running(self) -> None:
        """Raise ProcessEndedError where the agent has ended by itself."""
        if self._process:
            self._process.check_running()

    def kill(self) -> None:
        """End the agent if it runs; it then counts as ended on purpose."""
        if self._process:
            self._process.kill()
            self._process = None


def agent_address(plan: AgentPlan, around: Surroundings) -> str:
    """Give the URL of an agent's HTTP API."""
    scheme = "http" if around.certificates is None else "https"
    return f"{scheme}://{LOOPBACK}:{plan.ports['http']}"


def configuration(plan: AgentPlan, around: Surroundings, directory: Path) -> Json:
    """Give the agent's configuration: a development agent's, or the same with a place on disk."""
    config: Json = {
        "node_name": plan.node,
        "datacenter": around.spec.datacenter_name,
        "server": plan.is_server,
        "bind_addr": LOOPBACK,
        "client_addr": LOOPBACK,
        "ports": listening_ports(plan, around.certificates),
        "connect": {"enabled": True},
        "ui_config": {"enabled": True},
        # Elections and gossip at the pace of a local network instead of the cautious default.
        "performance": {"raft_multiplier": 1},
    }
    if around.spec.acl:
        config["acl"] = acl_configuration(around.management_secret)
    if around.certificates:
        config["tls"] = tls_configuration(around)
    joined = [f"{LOOPBACK}:{other.ports['serf_lan']}" for other in around.plans if other.is_server and other != plan]
    config |= {"retry_join": joined, "retry_interval": "1s"}
    if not plan.is_server or around.spec.on_disk:
        config["data_dir"] = str(directory / f"{plan.node}.data")
    if plan.is_server and around.spec.on_disk:
        config["bootstrap_expect"] = len(around.spec.servers)
    return config


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


def tls_configuration(around: Surroundings) -> Json:
    """Give the TLS settings of the HTTP API; with mTLS a client must show a certificate."""
    files = around.certificates
    assert files is not None
    return {
        "https": {
            "ca_file": str(files.ca_file),
            "cert_file": str(files.server_cert_file),
            "key_file": str(files.server_key_file),
            "verify_incoming": around.spec.transport == "mtls",
        }
    }
